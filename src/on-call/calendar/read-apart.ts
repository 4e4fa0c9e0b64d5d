import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Timeline } from '../timeline.ts';
import type { CalendarInput } from './read-calendar.ts';
import { CalendarRefused } from './refused.ts';
import type { Reading } from './thread.ts';

// Compiled, the thread is a .js file beside this one.
const thread = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Reads a calendar in a thread of its own, which is ended with `signal`: there are rules of repetition that keep a reader busy
 * for ever, and the process has other things to do meanwhile. Rejects with CalendarRefused, or with the signal's reason.
 */
export async function readApart(input: CalendarInput, signal: AbortSignal): Promise<Timeline> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Reading>();
  const worker = new Worker(thread, {
    workerData: input,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  worker.once('message', resolve);
  const damaged = () => reject(new CalendarRefused('it takes too much memory to read: make it smaller'));
  worker.once('error', damaged);
  worker.once('exit', damaged);
  try {
    const reading = await promise;
    if (reading.ok) return reading.timeline;
    throw new CalendarRefused(reading.message);
  } finally {
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
