import type { Which } from './orders.ts';

/** What is known of a grant of an order, in milliseconds since the epoch; null: not yet. */
export interface Life {
  startedAt: number | null;
  endsAt: number;
  endedEarlyAt: number | null;
}

/** Credentials that a test keeps. */
export interface Held<C> {
  readonly which: Which;
  readonly openedAt: number;
  /** When the grant ended as they were issued. */
  readonly cutOff: number;
  readonly credentials: C;
}

export type Expected = 'works' | 'refused' | 'either';

export function isLive(life: Life, at: number): boolean {
  return (
    life.startedAt !== null &&
    at >= life.startedAt &&
    at < life.endsAt &&
    (life.endedEarlyAt ?? Infinity) > at
  );
}

/** Credentials of a role: until the grant's end as it was when they were issued, or until it was ended early. */
export function expectedOfRole(life: Life, held: Held<unknown>, now: number, written: boolean): Expected {
  if (now >= held.cutOff) return 'refused';
  if (life.endedEarlyAt === null) return 'works';
  return written ? 'refused' : 'either';
}

/**
 * A session at the portal is the person's, whichever grant it was opened under: it works while one of them lives, and an early
 * end after which none lives denies it. What a natural end leaves open lasts for the length of the permission set's session.
 */
export function expectedOfPortal(
  lives: Readonly<Record<Which, Life>>,
  held: Held<unknown>,
  now: number,
  written: boolean,
): Expected {
  const all = Object.values(lives);
  const ends = all.filter((life) => life.endedEarlyAt !== null && held.openedAt <= life.endedEarlyAt);
  let open = false;
  for (const life of ends) {
    const at = life.endedEarlyAt ?? 0;
    const others = all.filter((other) => other !== life && isLive(other, at));
    if (others.length === 0) return written ? 'refused' : 'either';
    // Started at that very moment: before the end, what is open is its own, and after it, it is not.
    if (others.every((other) => other.startedAt === at)) open = true;
  }
  if (open) return 'either';
  return all.some((life) => isLive(life, now)) ? 'works' : 'either';
}
