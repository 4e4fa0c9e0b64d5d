import { whoText } from '../catalog/steps.ts';
import type { Step, Who } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import type { Answer } from './answers.ts';
import { mostApprovers, peopleFor, wanted } from './approvers.ts';
import type { OnCallNow } from './on-call.ts';
import { type Approval, openStep, tally } from './quorum.ts';
import { roundOf, type StoredRequest } from './stored-request.ts';
import type { WaitingFor } from './view.ts';

/** What the world around requests is like while they are looked at. */
export interface Moment {
  readonly now: Date;
  readonly onCall: OnCallNow;
}

/** For each of these requests the steps whose turn it is, with who could answer: one query for all. */
export async function loadWaiting(
  queries: Queries,
  requests: readonly StoredRequest[],
  approvals: ReadonlyMap<string, readonly Approval[]>,
  answersOf: ReadonlyMap<string, readonly Answer[]>,
  { now, onCall }: Moment,
): Promise<Map<string, WaitingFor[]>> {
  const open = requests.flatMap((request) =>
    tally(roundOf(request), approvals.get(request.row.id) ?? []).flatMap((one) => {
      const step = openStep(one);
      return step === null || step.since === null ? [] : [{ request, one, tallied: step, since: step.since }];
    }),
  );
  const whos = open.map(({ tallied, since }) => askedNow(tallied.step, since, now));
  const found = await peopleFor(
    queries,
    whos.map((who, place) => wanted(who, open[place]?.request.manager ?? null, onCall)),
  );
  const waiting = open.map(({ request, one, tallied, since }, place): [string, WaitingFor] => {
    const { step, rule, needed, counted } = tallied;
    const who = whos[place] ?? {};
    const answered = (answersOf.get(request.row.id) ?? []).filter(({ withdrawnAt }) => withdrawnAt === null);
    const out = new Set([
      request.row.requester,
      request.row.askedBy,
      ...answered.map(({ reviewer }) => reviewer),
      // Somebody has answered by their right: once more it would not count.
      ...one.steps.flatMap(({ counted: used }) => used),
    ]);
    return [
      request.row.id,
      {
        entitlement: one.entitlement,
        step: step.name,
        rule,
        needed: needed - counted.length,
        groups: who.groups ?? [],
        whom: whoText(who),
        people: (found[place] ?? []).filter(({ id }) => !out.has(id)).slice(0, mostApprovers),
        since: since.toISOString(),
        escalates: escalation(step.escalate, since, now),
      },
    ];
  });
  const byRequest = Map.groupBy(waiting, ([id]) => id);
  return new Map([...byRequest].map(([id, each]) => [id, each.map(([, one]) => one)]));
}

/** Whom a step asks at this time: those of its escalation too, once that is due. */
function askedNow({ who, escalate }: Pick<Step, 'who' | 'escalate'>, since: Date, now: Date): Who {
  if (escalate === undefined || now.getTime() < since.getTime() + escalate.afterSeconds * 1000) return who;
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
