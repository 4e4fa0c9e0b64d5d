import { isDeepStrictEqual } from 'node:util';
import { and, eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { formatDuration } from '../catalog/duration.ts';
import { entitlementTerms, type EntitlementTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Ask, Extended } from './content.ts';

/** A grant lasts no longer than this in all, in milliseconds; extending it is refused by Postgres, too. */
const longestGrantMs = 43_200_000;

/**
 * The caller's grant and when it ends now, once it is certain that it may be asked to end later: it lives, it was given
 * under the terms that hold today, and it would not last too long in all.
 * Throws Refusal: not_found, not_active (it has ended), conflict (the rules have changed since), invalid_input.
 */
export async function requireExtendable(
  work: Work,
  caller: Caller,
  ask: Pick<Ask, 'extends' | 'durationSeconds'>,
  [entitlement]: readonly Entitlement[],
): Promise<Extended> {
  // A rule may approve it in this very transaction, which then moves the end: two that shared the row would wait for each other.
  const [grant] = await work.queries
    .select()
    .from(grants)
    .where(and(eq(grants.id, ask.extends ?? ''), eq(grants.personId, caller.personId)))
    .for('update');
  if (grant === undefined || entitlement?.id !== grant.entitlement) throw notFound('grant');
  const refusal = againstExtending(grant, entitlementTerms(entitlement), ask.durationSeconds, work.now);
  if (refusal !== null) throw refusal;
  return { grant: grant.id, from: grant.endsAt.toISOString() };
}

/**
 * Why a grant cannot be asked to end later by so many seconds; null when it can.
 * @param terms what is asked for, as the catalog has it today
 */
export function againstExtending(
  { state, startsAt, endsAt, terms: given }: typeof grants.$inferSelect,
  terms: EntitlementTerms,
  durationSeconds: number,
  now: Date,
): Refusal | null {
  if (!['scheduled', 'activating', 'active'].includes(state) || now >= endsAt) {
    return new Refusal('not_active', 'This grant has ended. Ask for it anew.', { state });
  }
  if (!isDeepStrictEqual(given, terms)) {
    return new Refusal(
      'conflict',
      `The rules for ${terms.id} have changed since this grant was given: it cannot be extended. Ask for it anew.`,
    );
  }
  const left = longestGrantMs - (endsAt.getTime() - startsAt.getTime());
  if (durationSeconds * 1000 <= left) return null;
  const more = left < 1000 ? 'no more' : `at most ${formatDuration(Math.floor(left / 1000))} more`;
  return new Refusal('invalid_input', `A grant lasts at most 12 hours in all: this one can have ${more}.`);
}
