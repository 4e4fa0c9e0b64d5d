import { type Command, Option } from 'commander';
import type { DoneOptions, FollowUpsOptions } from '../commands/follow-ups.ts';
import { countOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about looking at what others did by break-glass. */
export function addFollowUpCommands(program: Command, registry: Registry): void {
  const load = () => import('../commands/follow-ups.ts');
  const followUps = registry
    .add(program, 'follow-ups', 'uses of break-glass that I am to look at')
    .option('--mine', 'those of my own')
    .option('--all', 'all that I may see')
    .addOption(new Option('--state <state>', 'only those').choices(['owed', 'overdue', 'done']))
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: FollowUpsOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).followUps(context, options)),
    );
  registry
    .add(followUps, 'done <follow-up>', 'say what I found')
    .addOption(new Option('--verdict <verdict>', 'was it justified?').choices(['justified', 'not-justified']))
    .option('--because <text>', 'recorded, and shown to whoever used it')
    .action((id: string, options: DoneOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).followUpDone(context, id, options)),
    );
}
