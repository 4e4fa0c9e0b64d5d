import { eq } from '../../db/drizzle.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { totpFactors } from '../../db/schema.ts';
import type { MasterKey } from '../../keys/master-key.ts';
import { Refusal } from '../../refusal.ts';
import { matchingStep } from './code.ts';
import { judge } from './judge.ts';

/**
 * What came of a code. Returned from the transaction rather than thrown inside it, so that the count of failures is
 * committed although the answer is a refusal.
 */
export type Tried = { readonly is: 'right' } | { readonly is: 'refused'; readonly refusal: Refusal };

/**
 * Tries a code against a person's factor, with the row locked: of two calls with the same code one wins. `confirmed` says
 * whether the factor must be confirmed already, or must not be yet.
 */
export async function tryCode(
  work: Work,
  masterKey: MasterKey,
  input: { personId: string; code: string; confirmed: boolean },
): Promise<Tried> {
  const { queries, now } = work;
  const mine = eq(totpFactors.personId, input.personId);
  const rows = await queries.select().from(totpFactors).where(mine).for('update');
  const factor = rows[0];
  if (factor === undefined || (factor.confirmedAt !== null) !== input.confirmed) {
    return refused(missing(input.confirmed, factor !== undefined));
  }
  const seed = masterKey.open('totp-seed', input.personId, factor.seed);
  const verdict = judge(factor, matchingStep(seed, input.code, now), now);
  if (verdict.is === 'locked') {
    work.audit({
      kind: 'factor.failed',
      outcome: 'denied',
      details: { factor: 'totp', failures: factor.failures, whileLocked: true, locked: true },
    });
    return refused(locked(verdict.until, now));
  }
  await queries.update(totpFactors).set(verdict.memory).where(mine);
  if (verdict.is === 'right') return { is: 'right' };
  const { failures, lockedUntil } = verdict.memory;
  work.audit({
    kind: 'factor.failed',
    outcome: 'denied',
    details: { factor: 'totp', failures, replayed: verdict.replayed, locked: lockedUntil !== null },
  });
  if (lockedUntil !== null) return refused(locked(lockedUntil, now));
  return refused(
    new Refusal(
      'not_possible',
      'That code is wrong or was used already. Wait for the next one and try again.',
    ),
  );
}

function refused(refusal: Refusal): Tried {
  return { is: 'refused', refusal };
}

function missing(confirmed: boolean, exists: boolean): Refusal {
  if (!confirmed && exists) {
    return new Refusal('conflict', 'Your one-time-code app is confirmed already.');
  }
  return new Refusal(
    'not_possible',
    exists ? 'Confirm your one-time-code app with its first code.' : 'Enrol a one-time-code app first.',
  );
}

function locked(until: Date, now: Date): Refusal {
  const retryAfterSeconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  return new Refusal(
    'factor_locked',
    `Too many wrong codes: one-time codes are locked for you until ${until.toISOString()}.`,
    { lockedUntil: until.toISOString(), retryAfterSeconds },
  );
}
