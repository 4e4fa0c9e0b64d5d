import { type Command, Option } from 'commander';
import type { ConsoleOptions } from '../commands/console.ts';
import type { ExecOptions } from '../commands/exec.ts';
import { formats } from '../credentials/format.ts';
import { durationOption, timeoutOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';
import { addGrantCommands } from './grants.ts';

/** Commands about using access and giving it back. */
export function addAccessCommands(program: Command, registry: Registry): void {
  addGrantCommands(program, registry);
  registry
    .add(program, 'creds <entitlement>', 'print credentials under my active grant')
    .addOption(
      new Option('--format <format>', 'what for; credential-process unless --json').choices([...formats]),
    )
    .action((entitlement: string, options: { format?: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/creds.ts')).creds(context, entitlement, options.format),
      ),
    );
  registry
    .add(
      program,
      'exec <entitlement> [command...]',
      'run a command with credentials: daypass exec prod/admin -- aws s3 ls',
    )
    .option('--for <length>', 'should there be no grant: for how long', durationOption)
    .option('--because <reason>', 'should there be no grant: why')
    .option('--ticket <ticket>', 'should there be no grant: the ticket it belongs to')
    .addOption(timeoutOption('wait at most so long for a grant'))
    .action((entitlement: string, words: string[], options: ExecOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/exec.ts')).exec(context, entitlement, words, options),
      ),
    );
  registry
    .add(program, 'console <entitlement>', 'open the AWS console under my active grant')
    .option('--print', 'print the address instead of opening a browser; whoever has it is signed in')
    .option('--destination <address>', 'the page of the console to open')
    .action((entitlement: string, options: ConsoleOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/console.ts')).awsConsole(context, entitlement, options),
      ),
    );
  const aws = program.command('aws').description("AWS's own tools");
  registry
    .add(aws, 'configure <entitlement...>', 'add a profile for each entitlement to ~/.aws/config')
    .option('--profile <name>', 'name of the profile; otherwise that of the entitlement')
    .action((entitlements: string[], options: { profile?: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/aws-configure.ts')).awsConfigure(context, entitlements, options.profile),
      ),
    );
}
