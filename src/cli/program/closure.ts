import type { Command } from 'commander';
import type { ConfirmOptions } from '../commands/closure.ts';
import type { Registry } from '../registry.ts';

/** Commands for operators after a restore of the database. */
export function addClosureCommands(program: Command, registry: Registry): void {
  const closure = registry
    .add(program, 'closure', 'whether Daypass is closed after a restore, and what to look after')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await import('../commands/closure.ts')).showClosure(context)),
    );
  registry
    .add(closure, 'confirm', 'confirm that everything was looked after; the second operator opens Daypass')
    .option('--because <text>', 'what you have checked; recorded')
    .option('--checked', 'do not ask; needed where nobody can be asked')
    .action((options: ConfirmOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/closure.ts')).confirmClosure(context, options),
      ),
    );
}
