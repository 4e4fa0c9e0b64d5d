import { breakGlassRule, mayBreakGlass } from '../catalog/break-glass.ts';
import { Refusal } from '../refusal.ts';
import { admit } from './admit.ts';
import { checkedBreakGlass, requireBreakGlassTerms } from './break-glass-terms.ts';
import { makeContent } from './content.ts';
import { expandAsk } from './expand.ts';
import { routeReasons } from './reasons.ts';
import { type AskedFacts, askedHow, routeOf } from './rule-facts.ts';
import { answered, type Pending } from './simulate-answers.ts';
import {
  partiesOf,
  peopleAt,
  refusalOf,
  type Simulated,
  type SimulatedAnswer,
  type SimulatedAsk,
  type SimulatedWorld,
  viewerIn,
} from './simulation.ts';
import { checkedAsk } from './submission.ts';
import { unansweredUntil } from './unanswered.ts';

/**
 * Decides about one ask in a described world, as the service would: the same functions in the same order, no database. Pure.
 * @param answers in the order of their times
 * @param until the time at which the outcome is looked at
 */
export function simulate(
  world: SimulatedWorld,
  ask: SimulatedAsk,
  answers: readonly SimulatedAnswer[],
  until: Date,
): Simulated {
  const reasons: Simulated['reasons'][number][] = [];
  try {
    if (ask.breakGlass) return takenByBreakGlass(world, ask);
    return answered(world, submitted(world, ask, reasons), answers, until, reasons);
  } catch (error) {
    const refused = refusalOf(error);
    const nothing = { waitsFor: [], grantSeconds: null, answers: [] };
    return { outcome: 'refused', ...nothing, rules: refused.rules, refused, reasons };
  }
}

/** Throws Refusal as submitRequest does. */
function submitted(
  world: SimulatedWorld,
  { who, at: now, input, assurance, address }: SimulatedAsk,
  reasons: Simulated['reasons'][number][],
): Pending {
  const { catalog, onCall } = world;
  const people = peopleAt(world, now);
  const ask = checkedAsk(input);
  const caller = people.get(who);
  if (caller === undefined) throw new Error(`nobody in this world is ${who}`);
  const viewer = viewerIn(caller, onCall, people);
  const admitted = admit(catalog, { personId: who, assurance }, viewer, ask, people, now);
  const { entitlements, bundles, asker, requester } = admitted;
  const asked = askedHow({ assurance, context: { address } }, now);
  const facts: AskedFacts = {
    requester,
    moment: { catalog, now, onCall },
    ask: { ...ask, extends: null },
    asked,
  };
  const parties = partiesOf(requester, asker);
  for (const entitlement of entitlements) {
    reasons.push({ entitlement: entitlement.id, route: routeReasons(entitlement, facts, parties) });
  }
  const content = makeContent(requester.personId, ask, entitlements, {
    askedBy: who,
    bundles,
    ...routeOf(entitlements, facts, catalog.version),
  });
  return {
    content,
    who: requester,
    askedBy: asker,
    asked,
    at: now,
    expiresAt: unansweredUntil(content, now),
  };
}

/** Throws Refusal as useBreakGlass does; that no follow-up is overdue is taken for granted. */
function takenByBreakGlass(world: SimulatedWorld, { who, at, input, assurance }: SimulatedAsk): Simulated {
  const { catalog, onCall } = world;
  const people = peopleAt(world, at);
  const ask = checkedBreakGlass(input);
  const caller = people.get(who);
  if (caller?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
  const { entitlements } = expandAsk(catalog, viewerIn(caller, onCall, people), ask, mayBreakGlass);
  for (const entitlement of entitlements) {
    requireBreakGlassTerms(at, catalog, { assurance }, ask, entitlement);
  }
  const rules = entitlements.map(({ id }) => breakGlassRule(id)).toSorted();
  const grantSeconds = ask.durationSeconds;
  return { outcome: 'approved', rules, refused: null, waitsFor: [], grantSeconds, answers: [], reasons: [] };
}
