import { type Component, propertyOf, textOf } from './component.ts';
import { CalendarRefused } from './refused.ts';

/** An event and what replaces single occurrences of it. */
export interface Series {
  /** Null: the calendar holds replaced occurrences alone. */
  readonly main: Component | null;
  /** In all their versions. */
  readonly overrides: readonly Component[];
}

/** Puts together what has the same UID. Of two versions of an event the newer counts. */
export function seriesOf(events: readonly Component[]): Series[] {
  const alone: Series[] = [];
  const mains = new Map<string, Component>();
  const overrides = new Map<string, Component[]>();
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
      const ofUid = overrides.get(uid) ?? [];
      overrides.set(uid, ofUid);
      ofUid.push(event);
    }
  }
  const uids = new Set([...mains.keys(), ...overrides.keys()]);
  const together = [...uids].map((uid) => ({
    main: mains.get(uid) ?? null,
    overrides: overrides.get(uid) ?? [],
  }));
  return [...alone, ...together];
}

/**
 * Of two versions the one with the higher SEQUENCE counts, then the one with the later DTSTAMP (RFC 5546, 2.1.5), then the
 * one that comes later.
 */
export function keepNewer<Key>(kept: Map<Key, Component>, key: Key, event: Component): void {
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
