import { type Component, propertyOf, textOf } from './component.ts';
import { CalendarRefused } from './refused.ts';

/** An event and what replaces single occurrences of it. */
export interface Series {
  /** Null: the calendar holds replaced occurrences alone. */
  readonly main: Component | null;
  readonly overrides: readonly Component[];
}

/**
 * Puts together what has the same UID. Of two versions of an event, or of an occurrence, the one with the higher SEQUENCE
 * counts, then the one with the later DTSTAMP (RFC 5546, 2.1.5), then the later in the file.
 */
export function seriesOf(events: readonly Component[]): Series[] {
  const alone: Series[] = [];
  const mains = new Map<string, Component>();
  const overrides = new Map<string, Map<string, Component>>();
  for (const event of events) {
    const uid = textOf(event, 'uid');
    const replaced = propertyOf(event, 'recurrence-id');
    if (uid === '') {
      if (replaced !== undefined) {
        throw new CalendarRefused(
          'an event has a RECURRENCE-ID and no UID, so that nobody knows what it replaces',
        );
      }
      alone.push({ main: event, overrides: [] });
    } else if (replaced === undefined) {
      keepNewer(mains, uid, event);
    } else {
      const ofUid = overrides.get(uid) ?? new Map<string, Component>();
      overrides.set(uid, ofUid);
      keepNewer(ofUid, JSON.stringify([replaced.params['tzid'], replaced.values[0]]), event);
    }
  }
  const uids = new Set([...mains.keys(), ...overrides.keys()]);
  const together = [...uids].map((uid) => ({
    main: mains.get(uid) ?? null,
    overrides: [...(overrides.get(uid)?.values() ?? [])],
  }));
  return [...alone, ...together];
}

function keepNewer(kept: Map<string, Component>, key: string, event: Component): void {
  const before = kept.get(key);
  if (before === undefined || compareVersions(before, event) <= 0) kept.set(key, event);
}

function compareVersions(a: Component, b: Component): number {
  const [one, other] = [sequenceOf(a), sequenceOf(b)];
  if (one !== other) return one - other;
  const [stamp, otherStamp] = [textOf(a, 'dtstamp'), textOf(b, 'dtstamp')];
  return stamp === otherStamp ? 0 : stamp < otherStamp ? -1 : 1;
}

function sequenceOf(event: Component): number {
  const value = Number(propertyOf(event, 'sequence')?.values[0] ?? 0);
  return Number.isFinite(value) ? value : 0;
}
