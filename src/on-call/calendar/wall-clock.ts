import { isTimeZone, wallTime } from '../../catalog/hours.ts';
import { dayMs } from './written-time.ts';

/** The clock of a time zone. */
export interface WallClock {
  /** What it shows at an instant, in milliseconds as if it were UTC. */
  wallAt(instant: number): number;
}

export const utcClock: WallClock = { wallAt: (instant) => instant };

/** The clock of an IANA time zone, by the rules of the runtime; null when it knows no such zone. */
export function ianaClock(zone: string): WallClock | null {
  return isTimeZone(zone) ? { wallAt: (instant) => wallTime(zone, instant) } : null;
}

/**
 * The instant at which a clock shows `wall`. What it shows twice is the first of the two; what it jumps over is taken with
 * the offset before the jump (RFC 5545, 3.3.5).
 */
export function instantOf(clock: WallClock, wall: number): number {
  const before = clock.wallAt(wall - dayMs) - (wall - dayMs);
  const after = clock.wallAt(wall + dayMs) - (wall + dayMs);
  const exact = [wall - before, wall - after].filter((instant) => clock.wallAt(instant) === wall);
  return exact.length > 0 ? Math.min(...exact) : wall - before;
}
