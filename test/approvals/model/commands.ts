import fc from 'fast-check';
import { applyAnswering } from './answering-model.ts';
import { applyAsking } from './asking-model.ts';
import { answering, type Answering, approves, performAnswering } from './answering.ts';
import {
  applyAround,
  around,
  type Around,
  calls,
  directory,
  type Directory,
  performAround,
} from './around.ts';
import { asking, type Asking, performAsking, firsts } from './asking.ts';
import { delegating, type Delegating, performDelegating } from './delegating.ts';
import { applyDelegating } from './delegating-model.ts';
import { applyGranting, granting, type Granting, performGranting } from './granting.ts';
import type { House } from './house.ts';
import type { Lane } from './lane.ts';
import { type Model, type Outcome, places, type Seen } from './model.ts';

/** Everything that can happen. */
export type Command = Asking | Answering | Delegating | Granting | Around;

/** What can happen at the same time as something else. */
export type Racing = Asking | Answering | Delegating | Granting | Directory;

/** One thing, or two at the same time. */
export type Step = readonly [Command] | readonly [Racing, Racing];

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

const opening = fc
  .tuple(fc.option(fc.tuple(calls)), fc.option(fc.tuple(delegating)), fc.tuple(firsts))
  .map((steps) => steps.filter((one) => one !== null));
const anything = fc.array(step, { minLength: 4, maxLength: 10, size: 'max' });

// The usual way from asking to the end, with surprises on it: what is random through and through seldom comes so far. Or to where nobody answers in time.
const way: readonly fc.Arbitrary<Command>[] = [
  approves,
  approves,
  fc.constantFrom<Command[]>({ do: 'pass', seconds: 400 }, { do: 'pass', seconds: 2000 }),
  fc.record({ do: fc.constant('activate'), grant: fc.nat(places) }),
  fc.constantFrom<Command[]>({ do: 'pass', seconds: 400 }, { do: 'pass', seconds: 5000 }),
  fc.record({ do: fc.constant('finish'), grant: fc.nat(places) }),
];
const surprise = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step[]>([]) },
  { weight: 1, arbitrary: fc.tuple(step) },
);
const late: readonly fc.Arbitrary<Command>[] = [
  approves,
  fc.constantFrom<Command[]>({ do: 'pass', seconds: 3600 }, { do: 'pass', seconds: 90_000 }),
  fc.constant({ do: 'expire' }),
  approves,
];
const along = (commands: readonly fc.Arbitrary<Command>[]): fc.Arbitrary<Step[]> =>
  fc
    .tuple(...commands.map((command) => fc.tuple(surprise, fc.tuple(command))))
    .map((parts) => parts.flatMap(([before, one]): Step[] => [...before, one]));

/** A sequence that begins with somebody asking for something. */
export const sequences: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    opening,
    fc.oneof(
      { weight: 4, arbitrary: anything },
      { weight: 4, arbitrary: along(way) },
      { weight: 1, arbitrary: along(late) },
    ),
  )
  .map(([first, rest]) => [...first, ...rest]);

/** Changes the model; what was refused may have changed it in part, and is to be thrown away. */
export function apply(model: Model, seen: Seen, command: Command): Outcome {
  switch (command.do) {
    case 'submit':
    case 'extend':
    case 'cancel':
    case 'expire':
      return applyAsking(model, seen, command);
    case 'review':
    case 'withdraw':
      return applyAnswering(model, seen, command);
    case 'delegate':
    case 'undelegate':
      return applyDelegating(model, seen, command);
    case 'activate':
    case 'finish':
    case 'end':
      return applyGranting(model, seen, command);
    case 'group':
    case 'leave':
    case 'manager':
    case 'call':
    case 'catalog':
    case 'pass':
      return applyAround(model, seen, command);
  }
}

/** Does it to the real thing. @param after the model as it would be after this alone */
export async function perform(
  house: House,
  lane: Lane,
  seen: Seen,
  command: Command,
  after: Model,
): Promise<Outcome> {
  switch (command.do) {
    case 'submit':
    case 'extend':
    case 'cancel':
    case 'expire':
      return performAsking(house, lane, seen, command);
    case 'review':
    case 'withdraw':
      return performAnswering(house, lane, seen, command);
    case 'delegate':
    case 'undelegate':
      return performDelegating(house, lane, seen, command);
    case 'activate':
    case 'finish':
    case 'end':
      return performGranting(house, lane, seen, command);
    case 'group':
    case 'leave':
    case 'manager':
    case 'call':
    case 'catalog':
    case 'pass':
      return performAround(house, seen, command, after);
  }
}
