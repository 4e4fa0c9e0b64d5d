import { Command, CommanderError } from 'commander';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { addAccessCommands } from './program/access.ts';
import { addClosureCommands } from './program/closure.ts';
import { addDelegationCommands } from './program/delegations.ts';
import { addFollowUpCommands } from './program/follow-ups.ts';
import { addEligibilityCommands } from './program/eligibility.ts';
import { addRecordCommands } from './program/record.ts';
import { addRequestCommands } from './program/requests.ts';
import { addServiceCommands } from './program/service.ts';
import { addSignInCommands } from './program/sign-in.ts';
import type { Registry, Surroundings } from './registry.ts';
import type { Terminal } from './terminal.ts';
import { ownVersion } from './version.ts';

/** Runs `daypass` with these arguments (without node and script). Returns the exit code; every error is told on stderr. */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = exitCodes.done;
  const registry: Registry = {
    add: (parent, usage, description) =>
      parent
        .command(usage)
        .description(description)
        .option('--json', 'machine output on stdout')
        .option('--url <address>', 'the server, instead of DAYPASS_URL or the one signed in to'),
    async run(command, part) {
      const { json, url } = command.optsWithGlobals<{ json?: true; url?: string }>();
      exitCode = (await part({ ...surroundings, json: json === true, url })) ?? exitCodes.done;
    },
    now: () => surroundings.now(),
  };
  const program = buildProgram(registry, surroundings.terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, program, surroundings.terminal);
  }
}

function buildProgram(registry: Registry, terminal: Terminal): Command {
  const program = new Command('daypass')
    .description('Borrow AWS access for as long as a job takes, and no longer.')
    .option('--json', 'machine output on stdout')
    .option('--url <address>', 'the server, instead of DAYPASS_URL or the one signed in to')
    .version(ownVersion(), '--version', 'the version of this command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      // Told once, by explain().
      outputError: () => undefined,
    });
  addSignInCommands(program, registry);
  addRequestCommands(program, registry);
  addDelegationCommands(program, registry);
  addFollowUpCommands(program, registry);
  addAccessCommands(program, registry);
  addRecordCommands(program, registry);
  addEligibilityCommands(program, registry);
  addClosureCommands(program, registry);
  addServiceCommands(program, registry);
  return program;
}

function explain(error: unknown, program: Command, terminal: Terminal): ExitCode {
  if (error instanceof CliError) {
    terminal.err(`daypass: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    // `daypass` alone, and groups such as `daypass aws`: commander has printed the help already.
    if (error.code === 'commander.help') return exitCodes.usage;
    terminal.err(`daypass: ${error.message.replace(/^error: /, '')}\n`);
    if (error.code === 'commander.unknownCommand')
      terminal.err(`The commands are: ${commandNames(program).join(', ')}.\n`);
    return exitCodes.usage;
  }
  terminal.err(`daypass: something went wrong: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitCodes.failed;
}

function commandNames(program: Command, before = ''): string[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    return command.commands.length === 0 ? [name] : commandNames(command, `${name} `);
  });
}
