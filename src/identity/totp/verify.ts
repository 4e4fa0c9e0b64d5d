import { and, eq, gt, isNull, ne } from '../../db/drizzle.ts';
import { signIns } from '../../db/schema.ts';
import { Refusal } from '../../refusal.ts';
import type { Assurance, Caller } from '../caller.ts';
import { requireCodeForm, requireTotp, type TotpDeps } from './deps.ts';
import { tryCode } from './try-code.ts';

/**
 * A right code raises this sign-in to multi-factor, proven now. Returns the new assurance.
 *
 * A phishing-resistant sign-in is left alone and the code unused: a code must neither lower it nor make an old proof of that
 * strength look fresh. Throws Refusal `not_possible` for that, for a wrong code and where no factor is confirmed,
 * `factor_locked` after five wrong codes, `unauthenticated` when the sign-in ended meanwhile, `not_found` when TOTP is off.
 */
export async function verifyTotp(
  deps: TotpDeps,
  caller: Caller,
  input: { code: string },
): Promise<Assurance> {
  requireTotp(deps);
  requireCodeForm(input.code);
  if (caller.assurance.level === 'phishing-resistant') throw strongerAlready();
  const tried = await deps.transact(caller.context, async (work) => {
    const { queries, now } = work;
    const { personId, signInId } = caller;
    const result = await tryCode(work, deps.masterKey, { personId, code: input.code, confirmed: true });
    if (result.is === 'refused') return result;
    const raised = await queries
      .update(signIns)
      .set({ assuranceLevel: 'multi-factor', authenticatedAt: now })
      .where(
        and(
          eq(signIns.id, signInId),
          isNull(signIns.revokedAt),
          gt(signIns.expiresAt, now),
          ne(signIns.assuranceLevel, 'phishing-resistant'),
        ),
      )
      .returning({ id: signIns.id });
    const outcome = raised.length > 0 ? 'success' : 'failure';
    work.audit({ kind: 'factor.used', outcome, details: { factor: 'totp', signIn: signInId } });
    if (raised.length === 0) return { is: 'ended' } as const;
    return { is: 'raised', assurance: { level: 'multi-factor', authenticatedAt: now } } as const;
  });
  if (tried.is === 'refused') throw tried.refusal;
  if (tried.is === 'ended') throw new Refusal('unauthenticated', 'This sign-in has ended: sign in again.');
  return tried.assurance;
}

function strongerAlready(): Refusal {
  return new Refusal(
    'not_possible',
    'This sign-in is stronger than a one-time code. For a fresher one sign in again at your identity provider.',
  );
}
