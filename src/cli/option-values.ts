import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from './duration.ts';

// Readers of option values. What they refuse is a usage error, with an example.

/** A length of time as seconds. */
export function durationOption(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null) throw new InvalidArgumentError('Give a length of time such as 15m or 1h30m.');
  return seconds;
}

/** Seconds as a plain number, or a length of time. */
export function secondsOption(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : durationOption(text);
}

export function countOption(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 99999.');
  return Number(text);
}

const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** A time with its zone, as RFC 3339 in UTC. */
export function timeOption(text: string): string {
  const time = instant.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Give a time with its zone such as 2026-11-30T09:00+01:00.');
  return new Date(time).toISOString();
}

/** A time in the past: as timeOption takes it, a day (from its start in UTC), or how long ago (`2h`). RFC 3339 in UTC. */
export function pastOption(now: () => Date): (text: string) => string {
  return (text) => {
    const ago = parseDuration(text);
    if (ago !== null) return new Date(now().getTime() - ago * 1000).toISOString();
    const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    if (!Number.isNaN(day)) return new Date(day).toISOString();
    if (!instant.test(text)) {
      throw new InvalidArgumentError(
        'Give a time such as 2026-11-30T09:00Z, a day such as 2026-11-30, or how long ago such as 2h.',
      );
    }
    return timeOption(text);
  };
}

/** A time to come: as timeOption takes it, or a day (its start in UTC). RFC 3339 in UTC. */
export function comingOption(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(day)) return new Date(day).toISOString();
  if (!instant.test(text)) {
    throw new InvalidArgumentError(
      'Give a time with its zone such as 2026-11-30T09:00+01:00, or a day such as 2026-11-30.',
    );
  }
  return timeOption(text);
}

/** An option that may be given several times: all of its values, in order. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Several names in one value, apart by commas. */
export function namesOption(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new InvalidArgumentError('Give names apart by commas, such as prod/logs,prod/data.');
  return names;
}

/** `--timeout`: how long to wait, in seconds; half an hour when left out. */
export function timeoutOption(description: string): Option {
  return new Option('--timeout <length>', description).argParser(durationOption).default(1800, '30m');
}
