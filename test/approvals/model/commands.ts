import { applyAnswering } from './answering-model.ts';
import { applyAsking } from './asking-model.ts';
import { type Answering, performAnswering } from './answering.ts';
import { applyAround, type Around, type Directory, performAround } from './around.ts';
import { type Asking, performAsking } from './asking.ts';
import { type Delegating, performDelegating } from './delegating.ts';
import { applyDelegating } from './delegating-model.ts';
import { applyGranting, type Granting, performGranting } from './granting.ts';
import type { House } from './house.ts';
import type { Lane } from './lane.ts';
import type { Model, Outcome, Seen } from './model.ts';

/** Everything that can happen. */
export type Command = Asking | Answering | Delegating | Granting | Around;

/** What can happen at the same time as something else. */
export type Racing = Asking | Answering | Delegating | Granting | Directory;

/** One thing, or two at the same time. */
export type Step = readonly [Command] | readonly [Racing, Racing];

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
