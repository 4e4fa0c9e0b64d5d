import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from './context.ts';
import { CliError, exitCodes } from './exit.ts';
import { shorten } from './display/shorten.ts';
import { formatDuration } from './duration.ts';

export interface Patience<T> {
  /** Looks once. */
  look(): Promise<T>;
  /** What is still missing, for people; null when the waiting is over. */
  missing(seen: T): string | null;
  readonly timeoutSeconds: number;
}

// From half a second on, a half longer each time, to at most this.
const longestPauseMs = 5_000;

/**
 * Looks again and again until nothing is missing and returns what was seen last. A server that fails in between is no reason
 * to stop. On a terminal, stderr says who or what is waited for, since when, and how much longer. Throws CliError 5 after the time limit.
 */
export async function untilDone<T>(context: Context, patience: Patience<T>): Promise<T> {
  const started = context.now().getTime();
  const deadline = started + patience.timeoutSeconds * 1000;
  let seen = await patience.look();
  let pause = 500;
  try {
    for (;;) {
      const missing = patience.missing(seen);
      if (missing === null) return seen;
      const now = context.now().getTime();
      if (now >= deadline) throw timedOut(missing, patience.timeoutSeconds);
      const times = `${formatDuration((now - started) / 1000)}, ${formatDuration((deadline - now) / 1000)} left`;
      progress(context, `${times}: ${missing}`);
      // A little less than the full pause, so that many who wait for one thing do not ask in step.
      await sleep(Math.min(pause * (0.8 + Math.random() * 0.2), deadline - now));
      pause = Math.min(pause * 1.5, longestPauseMs);
      seen = await lookAgain(patience, seen);
    }
  } finally {
    progress(context, '');
  }
}

async function lookAgain<T>(patience: Patience<T>, seen: T): Promise<T> {
  try {
    return await patience.look();
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.unavailable) return seen;
    throw error;
  }
}

// One line that is written over; nothing where nobody reads along.
function progress(context: Context, text: string): void {
  const { terminal } = context;
  if (!terminal.person) return;
  // A line that is too long for the terminal would leave its beginning behind when written over.
  const fitting = shorten(text, (terminal.columns || 80) - 1);
  terminal.err(`\r\u001b[2K${fitting}`);
}

function timedOut(missing: string, seconds: number): CliError {
  return new CliError(exitCodes.pending, `${missing}; gave up after ${formatDuration(seconds)}`);
}
