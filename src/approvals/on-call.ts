import type { OnCallState } from '../on-call/on-call.ts';

/** Who is on call now, by schedule: OIDC subjects. A schedule that is not in it is as good as down. */
export type OnCallNow = OnCallState;

/** The schedules that somebody is on call in, sorted. Nobody is on call in one whose source is down. */
export function schedulesOf(now: OnCallNow, subject: string): string[] {
  return [...now]
    .filter(([, schedule]) => schedule.kind === 'known' && schedule.people.includes(subject))
    .map(([name]) => name)
    .toSorted();
}
