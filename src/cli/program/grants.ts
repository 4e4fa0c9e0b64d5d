import type { Command } from 'commander';
import type { EndOptions } from '../commands/end.ts';
import type { BoundariesOptions } from '../commands/grants-boundaries.ts';
import type { ExtendOptions } from '../commands/extend.ts';
import type { EndManyOptions } from '../commands/grants-end.ts';
import type { GrantsOptions } from '../commands/grants.ts';
import { countOption, durationOption, timeoutOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about grants: seeing, extending and ending them. */
export function addGrantCommands(program: Command, registry: Registry): void {
  const grants = registry
    .add(program, 'grants', 'my live grants')
    .option('--all', "everybody's that I may see")
    .option('--ended', 'those that have ended, too')
    .option(
      '--still-live',
      'all that I may see and that can still be used, with the three times of those that ended',
    )
    .option('--entitlement <entitlement>', 'only for this')
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: GrantsOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/grants.ts')).grants(context, options),
      ),
    );
  registry
    .add(grants, 'end', 'end all grants of a pattern, as an operator, after a look at how many there are')
    .option('--entitlement <pattern>', "the id of one, or a pattern: 'prod/*'")
    .option('--account <id>', 'only in this account')
    .option('--person <id>', 'only of this person')
    .option('--because <text>', 'recorded with each of them')
    .option(
      '--expect <count>',
      'do not ask: there are so many; needed where nobody can be asked',
      countOption,
    )
    // --entitlement is read by `grants`, which has it, too.
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/grants-end.ts')).endGrants(
          context,
          command.optsWithGlobals<EndManyOptions>(),
        ),
      ),
    );
  registry
    .add(grants, 'silence <grant>', 'silence the alarm of an ending that takes long; it goes on being tried')
    .option('--because <text>', 'recorded')
    .action((id: string, options: { because?: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/grants-silence.ts')).silence(context, id, options.because),
      ),
    );
  registry
    .add(grants, 'boundaries', 'how the denying of ended grants stands in each account')
    .option('--failing', 'only those that something stands in the way of')
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/grants-boundaries.ts')).boundaries(
          context,
          command.optsWithGlobals<BoundariesOptions>(),
        ),
      ),
    );
  registry
    .add(program, 'extend <grant-or-entitlement>', 'ask for more time under a live grant of mine')
    .option('--for <length>', 'how much longer, such as 1h30m', durationOption)
    .option('--because <reason>', 'why; approvers and auditors read it')
    .option('--ticket <ticket>', 'the ticket it belongs to')
    .option('--wait', 'wait for the decision')
    .addOption(timeoutOption('wait at most so long'))
    .option('--dry-run', 'say what would happen and ask for nothing')
    .action((named: string, options: ExtendOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/extend.ts')).extend(context, named, options),
      ),
    );
  registry
    .add(program, 'end <grant-or-entitlement>', 'end a grant early')
    .option('--because <text>', 'recorded')
    .option('--no-wait', 'do not wait until AWS denies what was issued')
    .action((named: string, options: EndOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/end.ts')).end(context, named, options),
      ),
    );
}
