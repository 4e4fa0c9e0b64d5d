import type { Command } from 'commander';
import type { LoginOptions } from '../commands/login.ts';
import { secondsOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about who I am. What they do is loaded when they run: most runs are of one command. */
export function addSignInCommands(program: Command, registry: Registry): void {
  registry
    .add(program, 'login', 'sign in with your browser; with --url also choose the server')
    .option('--no-browser', 'only print the address to open')
    .option('--step-up [acr-values]', 'sign in more strongly: what the server asked for')
    .option(
      '--max-age <length>',
      'prove yourself again unless you did within this time: 15m, or seconds',
      secondsOption,
    )
    .action((options: LoginOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/login.ts')).login(context, options),
      ),
    );
  registry
    .add(program, 'logout', 'end the sign-in and forget its token')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/login.ts')).logout(context)),
    );
  registry
    .add(program, 'whoami', 'who I am and how strongly proven')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/whoami.ts')).whoami(context)),
    );
  registry
    .add(program, 'chat-link', 'a one-use code that links my chat account; type it in the chat yourself')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/chat-link.ts')).chatLink(context)),
    );
  addFactorCommands(program, registry);
}

function addFactorCommands(program: Command, registry: Registry): void {
  const factor = program.command('factor').description("one-time codes of Daypass's own");
  registry
    .add(factor, 'enrol', 'add a one-time-code app')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/factor.ts')).enrolFactor(context)),
    );
  registry
    .add(factor, 'confirm', 'confirm a new app with its first code (asked for, or on stdin)')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/factor.ts')).confirmFactor(context),
      ),
    );
  registry
    .add(factor, 'verify', 'raise this sign-in with a code (asked for, or on stdin)')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/factor.ts')).verifyFactor(context)),
    );
}
