import type { Subject } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import type { Caller } from '../identity/caller.ts';
import type { StoredPerson } from './lock.ts';
import { type OnCallNow, schedulesOf } from './on-call.ts';
import type { Principal } from './principal.ts';
import { principalsOf } from './principals.ts';
import type { Viewer } from './rights.ts';
import { standingsOf } from './standing.ts';
import type { Moment } from './waiting.ts';

/**
 * What rights need of a caller, with those who have handed them their right, and the standing of all as it is now.
 */
export async function viewerOf(queries: Queries, moment: Moment, caller: Caller): Promise<Viewer> {
  const principals = await principalsOf(queries, caller.personId, moment.now);
  const [own, ...theirs] = await standingsOf(queries, { ...moment, now: () => moment.now }, [
    caller,
    ...principals,
  ]);
  const judged = principals.map((principal, place) => ({ ...principal, ...theirs[place] }));
  return viewerFrom(caller, moment.onCall, own ?? {}, judged);
}

/**
 * The same of a caller whose standing is known.
 * @param principals who has handed the caller their right for now, with their standing
 */
export function viewerFrom(
  caller: Caller,
  onCall: OnCallNow,
  { barred, dropped }: Pick<Subject, 'barred' | 'dropped'>,
  principals: readonly Principal[],
): Viewer {
  const { personId, groups, subject, isAuditor, isOperator } = caller;
  return {
    ...(barred === undefined ? {} : { barred }),
    ...(dropped === undefined ? {} : { dropped }),
    personId,
    groups,
    subject,
    onCall: schedulesOf(onCall, subject),
    isAuditor,
    isOperator,
    principals,
  };
}

/** The same of a caller whose row is held: groups are the stored ones, what the caller brought along may be older. */
export function viewerHeld(
  caller: Caller,
  onCall: OnCallNow,
  person: StoredPerson,
  principals: readonly Principal[],
): Viewer {
  const { groups, subject } = person;
  return viewerFrom({ ...caller, groups, subject }, onCall, person, principals);
}
