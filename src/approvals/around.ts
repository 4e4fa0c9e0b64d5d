import type { Queries } from '../db/pool.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type Overlap, overlapsOf, pendingSame, windowOf } from './overlaps.ts';
import type { StoredRequest } from './stored-request.ts';

/** What whoever asks should know besides the request itself. */
export interface Around {
  /** What they hold already of it, at that time. */
  readonly overlaps: readonly Overlap[];
  /** Ids of their own pending requests for the very same. */
  readonly pendingSame: readonly string[];
  /** When access would start and end, were it approved now; of a grant that is extended: its end, and the new one. ISO 8601 in UTC. */
  readonly wouldStartAt: string;
  readonly wouldEndAt: string;
}

export async function aroundOf(
  queries: Queries,
  caller: Caller,
  request: StoredRequest,
  now: Date,
): Promise<Around> {
  const [overlaps, same] = await Promise.all([
    overlapsOf(queries, caller, request, now),
    pendingSame(queries, caller, request, now),
  ]);
  const { from, to } = windowOf(request.content, now);
  return { overlaps, pendingSame: same, wouldStartAt: from.toISOString(), wouldEndAt: to.toISOString() };
}

/** Throws Refusal conflict, with what is held, where the caller holds any of it or has asked for the same. */
export function requireNotHeld({ overlaps, pendingSame: same }: Around): void {
  if (overlaps.length === 0 && same.length === 0) return;
  throw new Refusal(
    'conflict',
    'You hold some of this already, or have asked for it, so nothing was asked.',
    { overlaps, pendingSame: same },
  );
}
