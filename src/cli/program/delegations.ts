import type { Command } from 'commander';
import type { DelegateOptions, DelegationsOptions } from '../commands/delegations.ts';
import { comingOption, countOption, repeated } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about handing one's right to answer to somebody else. */
export function addDelegationCommands(program: Command, registry: Registry): void {
  const load = () => import('../commands/delegations.ts');
  registry
    .add(program, 'delegate <person>', 'hand my right to answer to somebody: their id or exact address')
    .requiredOption(
      '--until <time>',
      'at most 30 days: a time with its zone, or a day such as 2026-12-01 (until it begins, in UTC)',
      comingOption,
    )
    .requiredOption('--because <reason>', 'why; recorded')
    .option('--from <time>', 'from when; otherwise from now', comingOption)
    .option(
      '--only <entitlement>',
      "only for it, or for a pattern such as 'prod/*'; can be repeated",
      repeated,
    )
    .action((person: string, options: DelegateOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).delegate(context, person, options)),
    );
  const delegations = registry
    .add(program, 'delegations', 'rights that I handed over, and that were handed to me')
    .option('--all', "everybody's; for operators and auditors")
    .option('--ended', 'also those that are over')
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: DelegationsOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).delegations(context, options)),
    );
  registry
    .add(delegations, 'end <delegation>', 'end one before its time')
    .action((id: string, _options: object, command: Command) =>
      registry.run(command, async (context) => (await load()).endDelegation(context, id)),
    );
}
