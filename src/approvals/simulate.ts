import { requireAssurance } from '../identity/assurance.ts';
import { Refusal } from '../refusal.ts';
import { requireColleague } from './colleague.ts';
import { makeContent } from './content.ts';
import { expandAsk } from './expand.ts';
import { routeReasons } from './reasons.ts';
import { type AskedFacts, askedHow, routeOf } from './rule-facts.ts';
import { answered, type Pending } from './simulate-answers.ts';
import {
  partiesOf,
  refusalOf,
  type Simulated,
  type SimulatedAnswer,
  type SimulatedAsk,
  type SimulatedWorld,
  viewerIn,
} from './simulation.ts';
import { checkedAsk, requireStartInReach, requireWithinTerms } from './submission.ts';
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
    return answered(world, submitted(world, ask, reasons), answers, until, reasons);
  } catch (error) {
    const refused = refusalOf(error);
    const nothing = { waitsFor: [], grantSeconds: null, answers: [] };
    return { outcome: 'refused', ...nothing, rules: refused.rules, refused, reasons };
  }
}

/** Throws Refusal as submitRequest does. */
function submitted(
  { catalog, people, onCall }: SimulatedWorld,
  { who, at: now, input, assurance, address }: SimulatedAsk,
  reasons: Simulated['reasons'][number][],
): Pending {
  const ask = checkedAsk(input);
  const asker = people.get(who);
  if (asker?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
  const viewer = viewerIn(asker, onCall, people);
  const { entitlements, bundles } = expandAsk(catalog, viewer, ask);
  const colleague = ask.for === null ? undefined : people.get(ask.for);
  const requester = ask.for === null ? asker : requireColleague(colleague, asker, entitlements);
  requireWithinTerms(ask, entitlements);
  requireStartInReach(ask.startAt, now);
  for (const { id, assurance: demanded } of entitlements) {
    requireAssurance({ assurance }, demanded.ask, now, { rule: `${id}#assurance.ask` });
  }
  const asked = askedHow({ assurance, context: { address } }, now);
  const facts: AskedFacts = { requester, moment: { now, onCall }, ask: { ...ask, extends: null }, asked };
  const parties = partiesOf(requester, asker);
  for (const entitlement of entitlements) {
    reasons.push({ entitlement: entitlement.id, route: routeReasons(entitlement, facts, parties) });
  }
  const content = makeContent(requester.personId, ask, entitlements, {
    askedBy: who,
    bundles,
    ...routeOf(entitlements, facts, catalog.version),
  });
  const found = people.get(requester.personId) ?? asker;
  return { content, who: found, askedBy: asker, asked, at: now, expiresAt: unansweredUntil(content, now) };
}
