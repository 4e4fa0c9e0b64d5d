import fc from 'fast-check';
import { answering } from './answering.ts';
import { around, calls, directory } from './around.ts';
import { asking, firsts } from './asking.ts';
import type { Command, Racing, Step } from './commands.ts';
import { delegating } from './delegating.ts';
import { granting } from './granting.ts';
import { barred, escalation, late, left, shift, way } from './ways.ts';

const racing: fc.Arbitrary<Racing> = fc.oneof(
  { weight: 4, arbitrary: answering },
  { weight: 2, arbitrary: asking },
  { weight: 2, arbitrary: granting },
  { weight: 2, arbitrary: directory },
  { weight: 1, arbitrary: delegating },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(answering) },
  { weight: 2, arbitrary: fc.tuple(asking) },
  { weight: 2, arbitrary: fc.tuple(granting) },
  { weight: 3, arbitrary: fc.tuple(around) },
  { weight: 1, arbitrary: fc.tuple(delegating) },
  { weight: 4, arbitrary: fc.tuple(racing, racing) },
);

const opening: fc.Arbitrary<Step[]> = fc
  .tuple(fc.option(fc.tuple(calls)), fc.option(fc.tuple(delegating)), fc.tuple(firsts))
  .map((steps) => steps.filter((one) => one !== null));
const anything = fc.array(step, { minLength: 4, maxLength: 10, size: 'max' });

/** These, with something else before one or the other. @param surprises how many times out of four */
const along = (commands: readonly fc.Arbitrary<Command>[], surprises: number): fc.Arbitrary<Step[]> => {
  const surprise = fc.oneof(
    { weight: 4 - surprises, arbitrary: fc.constant<Step[]>([]) },
    { weight: surprises, arbitrary: fc.tuple(step) },
  );
  return fc
    .tuple(...commands.map((command) => fc.tuple(surprise, fc.tuple(command))))
    .map((parts) => parts.flatMap(([before, one]): Step[] => [...before, one]));
};
const joined = (first: fc.Arbitrary<Step[]>, second: fc.Arbitrary<Step[]>) =>
  fc.tuple(first, second).map((parts) => parts.flat());

/** What is random through and through seldom comes far, so half of all go along a way on which things do happen. */
export const sequences: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 5, arbitrary: joined(opening, anything) },
  { weight: 4, arbitrary: joined(opening, along(way, 2)) },
  ...[late, shift, barred, left, escalation].map((commands) => ({
    weight: 1,
    arbitrary: along(commands, 1),
  })),
);
