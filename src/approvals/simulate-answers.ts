import { Refusal } from '../refusal.ts';
import { requireApprovable } from './approvable.ts';
import type { RequestContent } from './content.ts';
import { requestDigest } from './digest.ts';
import type { StoredPerson } from './lock.ts';
import { narrowed } from './narrow.ts';
import { requireOpen } from './open.ts';
import { type Approval, openStep, quorumReached, type Round, tally } from './quorum.ts';
import { requireRight } from './require-right.ts';
import { requireStanding } from './require-standing.ts';
import { canSee } from './rights.ts';
import type { AskedFacts } from './rule-facts.ts';
import {
  partiesOf,
  peopleAt,
  type PersonThen,
  refusalOf,
  type Refused,
  type Simulated,
  type SimulatedAnswer,
  type SimulatedWorld,
  viewerIn,
} from './simulation.ts';
import { candidateFor, turnsText } from './turn.ts';

/** A request that came about. */
export interface Pending {
  readonly content: RequestContent;
  readonly who: StoredPerson;
  readonly askedBy: StoredPerson;
  readonly asked: AskedFacts['asked'];
  readonly at: Date;
  readonly expiresAt: Date;
}

/** What comes of a request and the answers to it, in the order of their times; as it is seen at `until`. Pure. */
export function answered(
  world: SimulatedWorld,
  pending: Pending,
  answers: readonly SimulatedAnswer[],
  until: Date,
  reasons: Simulated['reasons'],
): Simulated {
  let { content } = pending;
  let state: 'pending' | 'approved' | 'denied' = 'pending';
  let rules: readonly string[] = [];
  const approvals: Approval[] = [];
  const taken: (Refused | 'taken')[] = [];
  const by = new Set<string>();
  if (quorumReached(tally(roundFor(pending, content), []))) {
    [state, rules] = ['approved', Object.values(content.byRule ?? {})];
  }
  for (const answer of answers) {
    try {
      const next = oneAnswer(world, pending, { content, state, approvals, by }, answer);
      ({ content, state } = next);
      if (next.approval !== null) approvals.push(next.approval);
      if (state !== 'pending') rules = next.rule.split(', ');
      by.add(answer.by);
      taken.push('taken');
    } catch (error) {
      taken.push(refusalOf(error));
    }
  }
  const expired = state === 'pending' && until >= pending.expiresAt;
  return {
    outcome: expired ? 'expired' : state,
    rules,
    refused: null,
    waitsFor: state === 'pending' && !expired ? waiting(world, pending, content, approvals, by, until) : [],
    grantSeconds: state === 'approved' ? content.durationSeconds : null,
    answers: taken,
    reasons,
  };
}

interface Standing {
  readonly content: RequestContent;
  readonly state: 'pending' | 'approved' | 'denied';
  readonly approvals: readonly Approval[];
  /** Who has answered. */
  readonly by: ReadonlySet<string>;
}

/** Throws Refusal as reviewRequest does. */
function oneAnswer(
  world: SimulatedWorld,
  pending: Pending,
  { content: before, state, approvals: given, by }: Standing,
  { by: id, at, decision, narrow, assurance }: SimulatedAnswer,
): Pick<Standing, 'content' | 'state'> & { approval: Approval | null; rule: string } {
  const { catalog, onCall } = world;
  const people = peopleAt(world, at);
  const reviewer = people.get(id);
  if (reviewer?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
  requireStanding(reviewer, catalog);
  const viewer = viewerIn(reviewer, onCall, people);
  const asked = {
    requester: pending.who.personId,
    askedBy: pending.askedBy.personId,
    manager: pending.who.manager,
    state,
    expiresAt: pending.expiresAt,
    entitlements: before.entitlements,
  };
  if (!canSee(asked, catalog, viewer)) throw new Refusal('not_found', 'They do not know of the request.');
  const { rule } = requireRight(at, catalog, { assurance }, asked, viewer);
  requireOpen(asked, at);
  if (by.has(id)) throw new Refusal('already_decided', 'They have answered before: one person counts once.');
  if (decision === 'deny') return { content: before, state: 'denied', approval: null, rule };
  const content = narrow === undefined ? before : narrowed(before, narrow);
  const row = {
    id: 'the request',
    content,
    digest: requestDigest(content),
    requester: asked.requester,
    askedBy: asked.askedBy,
    ...pending.asked,
  };
  requireApprovable(row, catalog, people, { catalog, now: at, onCall });
  const approvals = countingAt(given, people);
  const round = roundFor(pending, content);
  const approval = candidateFor(round, approvals, viewer, at);
  if (approval === null) {
    throw new Refusal('not_possible', `It is the turn of others (${turnsText(round, approvals)}).`);
  }
  const reached = quorumReached(tally(round, [...approvals, approval]));
  return { content, state: reached ? 'approved' : 'pending', approval, rule };
}

/** The steps whose turn it is, and whose approval would count for each at that time. */
function waiting(
  world: SimulatedWorld,
  pending: Pending,
  content: RequestContent,
  given: readonly Approval[],
  by: ReadonlySet<string>,
  at: Date,
): Simulated['waitsFor'] {
  const { onCall } = world;
  const people = peopleAt(world, at);
  const approvals = countingAt(given, people);
  const round = roundFor(pending, content);
  const parties = new Set(round.parties.ids);
  const could = [...people.values()].filter(
    ({ personId, active }) => active && !parties.has(personId) && !by.has(personId),
  );
  return tally(round, approvals).flatMap((one) => {
    const open = openStep(one);
    if (open === null) return [];
    const alone = {
      ...round,
      entitlements: round.entitlements.filter(({ id }) => id === one.entitlement),
    };
    const found = could.filter(
      (person) => candidateFor(alone, approvals, viewerIn(person, onCall, people), at) !== null,
    );
    return [
      {
        entitlement: one.entitlement,
        step: open.step.name,
        people: found.map(({ personId }) => personId),
      },
    ];
  });
}

// Of those who are not there any more, or not eligible at all, no approval counts.
function countingAt(
  approvals: readonly Approval[],
  people: ReadonlyMap<string, PersonThen>,
): readonly Approval[] {
  const counts = (id: string | undefined) => {
    const person = id === undefined ? undefined : people.get(id);
    return id === undefined || (person?.active === true && person.barred === undefined);
  };
  return approvals.filter(
    ({ reviewer, principal }) => counts(reviewer.personId) && counts(principal?.personId),
  );
}

function roundFor({ who, askedBy, at }: Pending, content: RequestContent): Round {
  return {
    entitlements: content.entitlements,
    skipped: content.skipped ?? {},
    byRule: content.byRule ?? {},
    parties: partiesOf(who, askedBy),
    askedAt: at,
  };
}
