import type { Schedule } from '../catalog/on-call.ts';
import type { Reading } from './ask-calendar.ts';
import type { ScheduleState } from './on-call.ts';
import { segmentAt, type Timeline } from './timeline.ts';

/** What a replica knows of one schedule. */
export interface Snapshot {
  /** What the source said last, and when it was asked; null: it never answered. */
  readonly answer: { readonly timeline: Timeline; readonly at: number } | null;
  /** What the last answer was made from, where it is a calendar. */
  readonly reading: Reading | null;
  /** When it was asked first, in milliseconds since 1970. */
  readonly since: number;
  /** When it is to be asked again. */
  readonly due: number;
  /** What is wrong, for operators; null: nothing. */
  readonly problem: string | null;
}

/**
 * What a snapshot says of a time. It is relied on for `staleMs` after the source answered and no longer.
 * @param snapshot undefined: the schedule is new, and was not asked yet
 * @param time what is asked about, in milliseconds since 1970
 * @param now what the clock says
 */
export function stateOf(
  { name, source }: Schedule,
  snapshot: Snapshot | undefined,
  { time, now, staleMs }: { readonly time: number; readonly now: number; readonly staleMs: number },
): ScheduleState {
  const asked = source.kind === 'webhook' ? 'webhook' : 'calendar';
  const down = (what: string): ScheduleState => ({
    kind: 'down',
    because: `Who is on call (${name}) is not known: ${what}.`,
  });
  if (snapshot === undefined) return down(`its ${asked} has not been asked yet`);
  const { answer, since } = snapshot;
  if (answer === null)
    return down(`its ${asked} has not answered since ${told(since)}, when it was first asked`);
  if (now - answer.at > staleMs) return down(`its ${asked} has not answered since ${told(answer.at)}`);
  const found = segmentAt(answer.timeline, time);
  if (found === null) {
    const { from, to } = answer.timeline;
    return down(`what its ${asked} said holds from ${told(from)} to ${told(to)}, and not at ${told(time)}`);
  }
  const { segment, until } = found;
  return {
    kind: 'known',
    people: segment.people,
    until: until === null ? null : new Date(until),
    unmapped: segment.unmapped,
  };
}

function told(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
