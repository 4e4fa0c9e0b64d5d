import { parentPort, workerData } from 'node:worker_threads';
import type { Timeline } from '../timeline.ts';
import { type CalendarInput, readCalendar } from './read-calendar.ts';
import { CalendarRefused } from './refused.ts';

/** What the thread answers. */
export type Reading =
  | { readonly ok: true; readonly timeline: Timeline }
  | { readonly ok: false; readonly message: string };

// The other end of read-apart.ts: reads the one calendar it was started with.
function read(): Reading {
  try {
    return { ok: true, timeline: readCalendar(workerData as CalendarInput) };
  } catch (error) {
    // What ical.js says of a value repeats it.
    const message =
      error instanceof CalendarRefused ? error.message : 'a value in it cannot be read: mend it';
    return { ok: false, message };
  }
}

parentPort?.postMessage(read(), []);
