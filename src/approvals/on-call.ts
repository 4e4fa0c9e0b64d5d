/** What is known of one schedule. */
export type ScheduleNow =
  | { readonly kind: 'known'; readonly people: readonly string[] }
  | { readonly kind: 'down'; readonly because: string };

/** Who is on call now, by schedule: OIDC subjects. A schedule that is not in it is as good as down. */
export type OnCallNow = ReadonlyMap<string, ScheduleNow>;

/** The schedules that somebody is on call in, sorted. Nobody is on call in one whose source is down. */
export function schedulesOf(now: OnCallNow, subject: string): string[] {
  return [...now]
    .filter(([, schedule]) => schedule.kind === 'known' && schedule.people.includes(subject))
    .map(([name]) => name)
    .toSorted();
}
