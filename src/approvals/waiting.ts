import { whoText } from '../catalog/steps.ts';
import type { Catalog, Step, Who } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import type { Answer } from './answers.ts';
import { mostApprovers, type PersonRef, peopleFor, type Wanted, wanted } from './approvers.ts';
import { firstUnmet } from './feasible.ts';
import { nobodyEligible } from './nobody-eligible.ts';
import type { OnCallNow } from './on-call.ts';
import type { PreflightWarning } from './preflight.ts';
import { type Approval, openStep, type StepTally, type Tally, tally } from './quorum.ts';
import { roundOf, type StoredRequest } from './stored-request.ts';
import type { WaitingFor } from './view.ts';

/** What the world around requests is like while they are looked at. */
export interface Moment {
  readonly catalog: Catalog;
  readonly now: Date;
  readonly onCall: OnCallNow;
}

/** What a request waits for. */
export interface Waiting {
  /** The steps whose turn it is. */
  readonly waitingFor: readonly WaitingFor[];
  /** Steps, of this turn or a later one, that nobody who is known could answer. */
  readonly unmet: readonly PreflightWarning[];
}

/** One entitlement of an open request, with whom its steps ask that are not met. */
interface Open {
  readonly request: StoredRequest;
  readonly one: Tally;
  readonly steps: readonly (StepTally & {
    /** Whom it asks at this time. */
    readonly now: Who;
    /** The same, and whom it will ask. */
    readonly ever: Who;
  })[];
}

/** For each of these requests what it waits for, and from whom: one query for all. */
export async function loadWaiting(
  queries: Queries,
  requests: readonly StoredRequest[],
  approvals: ReadonlyMap<string, readonly Approval[]>,
  answersOf: ReadonlyMap<string, readonly Answer[]>,
  moment: Moment,
): Promise<Map<string, Waiting>> {
  const open = requests.flatMap((request) =>
    tally(roundOf(request), approvals.get(request.row.id) ?? []).map((one) => openOf(request, one, moment)),
  );
  const lookedUp = await lookUp(queries, open, moment.onCall);
  const byRequest = Map.groupBy(open, ({ request }) => request.row.id);
  return new Map(
    [...byRequest].map(([id, each]) => [
      id,
      {
        waitingFor: each.flatMap((one) => waitingFor(one, lookedUp, answersOf.get(id) ?? [], moment) ?? []),
        unmet: each.flatMap((one) => unmet(one, lookedUp, moment.onCall) ?? []),
      },
    ]),
  );
}

function openOf(request: StoredRequest, one: Tally, { now }: Moment): Open {
  const steps = one.steps
    .filter(({ counted, needed }) => counted.length < needed)
    .map((step) => ({
      ...step,
      now: askedAt(step.step, step.since, now),
      ever: askedAt(step.step, step.since, null),
    }));
  return { request, one, steps };
}

type LookUp = (who: Who, request: StoredRequest) => readonly PersonRef[];

/**
 * Looks up whom all of these steps ask. Of each step so many people are read as its entitlement needs in all, and two more for
 * those it is about: a step of which there are more is met whoever sits in the others, so whom the limit leaves out makes no
 * difference to whether all can be met.
 */
async function lookUp(queries: Queries, open: readonly Open[], onCall: OnCallNow): Promise<LookUp> {
  const each = new Map<string, Wanted>();
  const key = (who: Who, { manager }: StoredRequest) => JSON.stringify(wanted(who, manager, onCall));
  for (const { request, steps } of open) {
    for (const { now, ever } of steps) {
      for (const who of [now, ever]) each.set(key(who, request), wanted(who, request.manager, onCall));
    }
  }
  const needed = open.map(({ one }) => one.steps.reduce((sum, step) => sum + step.needed, 0));
  const found = await peopleFor(queries, [...each.values()], Math.max(mostApprovers, ...needed) + 2);
  const people = new Map([...each.keys()].map((name, place) => [name, found[place] ?? []]));
  return (who, request) => people.get(key(who, request)) ?? [];
}

function waitingFor(
  { request, one, steps }: Open,
  lookedUp: LookUp,
  answers: readonly Answer[],
  { now }: Moment,
): WaitingFor | null {
  const turn = openStep(one);
  const found = steps.find(({ step }) => step === turn?.step);
  if (found === undefined || found.since === null) return null;
  const { step, rule, needed, counted, since, now: who } = found;
  const answered = answers.filter(({ withdrawnAt }) => withdrawnAt === null);
  const { requester, askedBy } = request.row;
  const out = new Set([
    requester,
    askedBy,
    ...answered.map(({ reviewer }) => reviewer),
    // Somebody has answered by their right: once more it would not count.
    ...one.steps.flatMap(({ counted: used }) => used),
  ]);
  return {
    entitlement: one.entitlement,
    step: step.name,
    rule,
    needed: needed - counted.length,
    groups: who.groups ?? [],
    whom: whoText(who),
    people: lookedUp(who, request)
      .filter(({ id }) => !out.has(id))
      .slice(0, mostApprovers),
    since: since.toISOString(),
    escalates: escalation(step.escalate, since, now),
  };
}

function unmet({ request, one, steps }: Open, lookedUp: LookUp, onCall: OnCallNow): PreflightWarning | null {
  const used = new Set([
    request.row.requester,
    request.row.askedBy,
    ...one.steps.flatMap(({ counted }) => counted),
  ]);
  const seats = steps.map(({ ever, needed, counted }) => ({
    needed: needed - counted.length,
    people: lookedUp(ever, request).flatMap(({ id }) => (used.has(id) ? [] : [id])),
  }));
  const place = firstUnmet(seats);
  const [step, seat] = place === null ? [] : [steps[place], seats[place]];
  if (step === undefined || seat === undefined) return null;
  return nobodyEligible(
    {
      entitlement: one.entitlement,
      step: step.step.name,
      who: step.ever,
      needed: seat.needed,
      known: seat.people.length,
      manager: request.manager,
    },
    onCall,
  );
}

/** Whom a step asks at a time: those of its escalation too, once that is due; null for any time. */
function askedAt(
  { who, escalate }: Pick<Step, 'who' | 'escalate'>,
  since: Date | null,
  at: Date | null,
): Who {
  if (escalate === undefined) return who;
  const due = since === null ? Infinity : since.getTime() + escalate.afterSeconds * 1000;
  if (at !== null && at.getTime() < due) return who;
  const more = escalate.who;
  return {
    ...joined('groups', who.groups, more.groups),
    ...joined('people', who.people, more.people),
    ...(who.manager === true || more.manager === true ? { manager: true } : {}),
    ...joined('onCall', who.onCall, more.onCall),
  };
}

function joined<K extends string>(key: K, a: readonly string[] = [], b: readonly string[] = []) {
  const all = [...new Set([...a, ...b])].toSorted();
  return (all.length === 0 ? {} : { [key]: all }) as { [key in K]?: string[] };
}

function escalation(escalate: Step['escalate'], since: Date, now: Date): WaitingFor['escalates'] {
  if (escalate === undefined) return null;
  const at = new Date(since.getTime() + escalate.afterSeconds * 1000);
  return at <= now ? null : { at: at.toISOString(), whom: whoText(escalate.who) };
}
