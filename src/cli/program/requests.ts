import { type Command, Option } from 'commander';
import type { FindOptions } from '../commands/find.ts';
import type { RequestOptions } from '../commands/request.ts';
import type { RequestsOptions } from '../commands/requests.ts';
import { countOption, durationOption, repeated, timeOption, timeoutOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';
import { addReviewCommands } from './reviews.ts';

/** Commands about asking and answering. */
export function addRequestCommands(program: Command, registry: Registry): void {
  registry
    .add(program, 'entitlements', 'what I may ask for, and who would be asked')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/entitlements.ts')).entitlements(context),
      ),
    );
  registry
    .add(program, 'request [entitlement...]', 'ask for access; also by the name of a bundle')
    .option('--choice <choice>', 'only that part of it, such as read-only; with several: prod/data:read-only')
    .option('--set <name=value>', 'a value that the choice wants; can be repeated', repeated)
    .option('--for <length>', 'for how long, such as 1h30m', durationOption)
    .option('--because <reason>', 'why; approvers and auditors read it')
    .option('--ticket <ticket>', 'the ticket it belongs to')
    .option('--colleague <person>', 'for somebody else: their id or exact email address')
    .option('--again', 'the same as the last time, or as the last time for that entitlement')
    .option(
      '--at <time>',
      'when to start, such as 2026-11-30T09:00+01:00; otherwise when approved',
      timeOption,
    )
    .option('--wait', 'wait for the decision')
    .addOption(timeoutOption('wait at most so long'))
    .option('--dry-run', 'say what would happen and ask for nothing')
    .option(
      '--break-glass',
      'take it at once, where the catalog names you for it; others look at it afterwards',
    )
    .option('--yes', 'break the glass without being asked once more; needed where nobody can be asked')
    .action((entitlements: string[], options: RequestOptions, command: Command) =>
      registry.run(command, async (context) =>
        options.breakGlass === true
          ? (await import('../commands/break-glass.ts')).breakGlass(context, entitlements, options)
          : (await import('../commands/request.ts')).request(context, entitlements, options),
      ),
    );
  registry
    .add(program, 'find', 'which entitlement lets an action through, the narrowest first')
    .requiredOption('--action <action>', 'such as s3:PutObject')
    .option('--account <account>', 'only in this account: its id or name')
    .option('--resource <arn>', 'on this resource')
    .action((options: FindOptions, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/find.ts')).find(context, options)),
    );
  registry
    .add(program, 'requests', 'my requests')
    .option('--to-review', 'those that wait for my review')
    .option('--all', 'all that I may see')
    .addOption(
      new Option('--state <state>', 'only those').choices([
        'pending',
        'approved',
        'denied',
        'cancelled',
        'expired',
      ]),
    )
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: RequestsOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/requests.ts')).requests(context, options),
      ),
    );
  registry
    .add(program, 'wait <request>', 'wait for the decision on a request')
    .addOption(timeoutOption('at most so long'))
    .action((id: string, options: { timeout: number }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/wait.ts')).wait(context, id, options.timeout),
      ),
    );
  registry
    .add(program, 'cancel <request>', 'take back a request of mine')
    .action((id: string, _options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/cancel.ts')).cancel(context, id)),
    );
  addReviewCommands(program, registry);
}
