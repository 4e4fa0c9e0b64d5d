import type { Command } from 'commander';
import type { AnswerOptions, EligibilityOptions, ShowOptions } from '../commands/eligibility.ts';
import { countOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands for owners: who may go on asking. */
export function addEligibilityCommands(program: Command, registry: Registry): void {
  const load = () => import('../commands/eligibility.ts');
  const eligibility = registry
    .add(program, 'eligibility', 'reviews of who may ask for what I own; those that wait for answers')
    .option('--all', 'those that are closed, too')
    .option('--limit <count>', 'at most so many', countOption, 50)
    .action((options: EligibilityOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).eligibility(context, options)),
    );
  registry
    .add(eligibility, 'show <review>', 'who may ask, when they last used it, and what was said')
    .option('--unanswered', 'only those whom nobody has answered for')
    .option('--unused', 'only those who have not used it for long')
    .option('--most <count>', 'at most so many people', countOption, 500)
    .action((review: string, options: ShowOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).showEligibility(context, review, options)),
    );
  const answers = [
    ['keep', 'say that these people may go on asking'],
    ['drop', 'say that these people may not ask any more'],
  ] as const;
  for (const [decision, description] of answers) {
    registry
      .add(eligibility, `${decision} <review> [people...]`, `${description}: the ids of people, or --unused`)
      .option('--unused', 'all who have not used it for long, and whom nobody has answered for')
      .option('--comment <text>', 'why; recorded')
      .action((review: string, people: string[], options: AnswerOptions, command: Command) =>
        registry.run(command, async (context) =>
          (await load()).answerEligibility(context, { review, decision, people, ...options }),
        ),
      );
  }
}
