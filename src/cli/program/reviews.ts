import type { Command } from 'commander';
import type { ReviewOptions } from '../commands/review.ts';
import { durationOption, namesOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about answering what others ask for. */
export function addReviewCommands(program: Command, registry: Registry): void {
  const digest = ['--digest <digest>', 'the digest of the request as you read it'] as const;
  registry
    .add(program, 'approve <request>', 'approve exactly what the request says, or less')
    .option('--for <length>', 'for less time, such as 30m', durationOption)
    .option('--only <entitlements>', 'only these of what it asks for: prod/logs,prod/data', namesOption)
    .option('--comment <text>', 'recorded, and shown to the requester')
    .option(...digest)
    .option('--yes', 'do not ask to confirm; this or --digest is needed where nobody can be asked')
    .action((id: string, options: ReviewOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/review.ts')).review(context, id, 'approve', options),
      ),
    );
  registry
    .add(program, 'deny <request>', 'deny a request')
    .requiredOption('--because <text>', 'recorded, and shown to the requester')
    .option(...digest)
    .action((id: string, { because, ...options }: ReviewOptions & { because: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/review.ts')).review(context, id, 'deny', { ...options, comment: because }),
      ),
    );
  registry
    .add(program, 'withdraw <request>', 'take back my answer, until access was made')
    .action((id: string, _options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/withdraw.ts')).withdraw(context, id),
      ),
    );
  registry
    .add(program, 'comment <request>', 'say something about a pending request')
    .requiredOption('--text <text>', 'everybody who sees the request reads it')
    .action((id: string, { text }: { text: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/comment.ts')).comment(context, id, { text }),
      ),
    );
  registry
    .add(program, 'ask-back <request>', 'ask those whom a request is about, before I answer it')
    .requiredOption('--question <text>', 'everybody who sees the request reads it')
    .action((id: string, { question }: { question: string }, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/comment.ts')).comment(context, id, { text: question, question: true }),
      ),
    );
}
