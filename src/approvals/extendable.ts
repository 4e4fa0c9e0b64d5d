import { isDeepStrictEqual } from 'node:util';
import { and, eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { formatDuration } from '../catalog/duration.ts';
import { entitlementTerms } from '../catalog/terms.ts';
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
  const [grant] = await work.queries
    .select()
    .from(grants)
    .where(and(eq(grants.id, ask.extends ?? ''), eq(grants.personId, caller.personId)))
    .for('share');
  if (grant === undefined || entitlement?.id !== grant.entitlement) throw notFound('grant');
  const { state, startsAt, endsAt } = grant;
  if (!['scheduled', 'activating', 'active'].includes(state) || work.now >= endsAt) {
    throw new Refusal('not_active', 'This grant has ended. Ask for it anew.', { state });
  }
  if (!isDeepStrictEqual(grant.terms, entitlementTerms(entitlement))) {
    throw new Refusal(
      'conflict',
      `The rules for ${entitlement.id} have changed since this grant was given: it cannot be extended. Ask for it anew.`,
    );
  }
  const left = longestGrantMs - (endsAt.getTime() - startsAt.getTime());
  if (ask.durationSeconds * 1000 > left) {
    const more = left < 1000 ? 'no more' : `at most ${formatDuration(Math.floor(left / 1000))} more`;
    throw new Refusal('invalid_input', `A grant lasts at most 12 hours in all: this one can have ${more}.`);
  }
  return { grant: grant.id, from: endsAt.toISOString() };
}
