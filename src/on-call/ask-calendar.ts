import { createHash } from 'node:crypto';
import type { Schedule } from '../catalog/on-call.ts';
import type { Egress } from '../egress/egress.ts';
import { readApart } from './calendar/read-apart.ts';
import { CalendarRefused } from './calendar/refused.ts';
import type { ReadFile } from './read-file.ts';
import type { Timeline } from './timeline.ts';

export const mostCalendarBytes = 1_048_576;
const dayMs = 86_400_000;
/** How far before and after now a calendar is worked out. */
export const worked = { backMs: 35 * dayMs, aheadMs: 8 * dayMs };
const workedAgainMs = 3_600_000;

/** What a calendar said and what came of it, so that one that has not changed is not worked out again each time. */
export interface Reading {
  readonly digest: string;
  readonly at: number;
  readonly timeline: Timeline;
}

/**
 * Fetches a calendar and works it out. Rejects with an Error whose message is for operators and repeats no address or content.
 * @param last what the same schedule said before
 * @param now in milliseconds since 1970
 */
export async function askCalendar(
  deps: { readonly egress: Egress; readonly readFile: ReadFile },
  { source, zone, people }: Schedule,
  last: Reading | null,
  now: number,
  signal: AbortSignal,
): Promise<Reading> {
  const bytes =
    source.kind === 'calendar-file'
      ? await deps.readFile(source.location, mostCalendarBytes)
      : await download(deps.egress, source.location, signal);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const age = last === null ? Infinity : now - last.at;
  if (last !== null && digest === last.digest && age >= 0 && age < workedAgainMs) return last;
  const [from, to] = [now - worked.backMs, now + worked.aheadMs];
  const timeline = await readApart({ text: decoded(bytes), zone, people, from, to }, signal);
  return { digest, at: now, timeline };
}

async function download(egress: Egress, url: string, signal: AbortSignal): Promise<Uint8Array> {
  const { status, body } = await egress.send({
    url,
    method: 'GET',
    headers: { accept: 'text/calendar' },
    signal,
  });
  if (status !== 200) throw new CalendarRefused(`its host answered ${status}: is the address still right?`);
  if (body.length > mostCalendarBytes) throw tooLarge();
  return body;
}

function tooLarge(): CalendarRefused {
  return new CalendarRefused(`it is larger than ${mostCalendarBytes} bytes: take old events out`);
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CalendarRefused('it is not UTF-8 text: save it as UTF-8');
  }
}
