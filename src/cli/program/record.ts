import type { Command } from 'commander';
import type { AuditOptions } from '../commands/audit.ts';
import type { DoctorOptions } from '../commands/doctor.ts';
import { countOption, pastOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands that look back, and at how things stand. */
export function addRecordCommands(program: Command, registry: Registry): void {
  const past = pastOption(() => registry.now());
  registry
    .add(program, 'audit', 'the audit log, newest first; for auditors, and recorded')
    .option('--actor <id>', 'who acted')
    .option('--subject <id>', 'whom it happened to')
    .option('--entitlement <id>', 'of this entitlement')
    .option('--account <id>', 'in this AWS account')
    .option('--request <id>', 'of this request')
    .option('--grant <id>', 'of this grant')
    .option('--session <id>', 'of this session')
    .option('--access-key-id <id>', 'of these credentials')
    .option('--kind <kind>', 'such as session.issued')
    .option('--outcome <outcome>', 'success, failure, denied or unknown')
    .option('--from <time>', 'not before this: a time, a day, or how long ago such as 2h', past)
    .option('--to <time>', 'before this', past)
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: AuditOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/audit.ts')).audit(context, options),
      ),
    );
  registry
    .add(program, 'status', 'what I hold, what I wait for, what waits for me')
    .option('--prompt', "one short line for a shell's prompt, from what was seen last; calls no network")
    .action((options: { prompt?: true }, command: Command) =>
      registry.run(command, async (context) => {
        const commands = await import('../commands/status.ts');
        if (options.prompt === true) commands.promptStatus(context);
        else await commands.status(context);
      }),
    );
  registry
    .add(program, 'doctor', 'look for what is wrong: here, with the server and, for operators, in AWS')
    .option('--entitlement <entitlement>', 'only this one')
    .option('--fresh', 'for operators: look at AWS now, instead of what was seen within the hour')
    .action((options: DoctorOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/doctor.ts')).doctor(context, options),
      ),
    );
}
