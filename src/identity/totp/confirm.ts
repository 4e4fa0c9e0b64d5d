import { eq } from '../../db/drizzle.ts';
import { totpFactors } from '../../db/schema.ts';
import type { Caller } from '../caller.ts';
import { requireCodeForm, requireTotp, type TotpDeps } from './deps.ts';
import { tryCode } from './try-code.ts';

/**
 * The first code shows that the app works: from now on the factor counts. The sign-in stays as it is; the next code raises
 * it. Throws Refusal `not_possible` for a wrong code or where nothing was enrolled, `factor_locked` after five wrong ones,
 * `conflict` when it is confirmed already, `not_found` when TOTP is off.
 */
export async function confirmTotp(deps: TotpDeps, caller: Caller, input: { code: string }): Promise<void> {
  requireTotp(deps);
  requireCodeForm(input.code);
  const { personId } = caller;
  const tried = await deps.transact(caller.context, async (work) => {
    const result = await tryCode(work, deps.masterKey, { personId, code: input.code, confirmed: false });
    if (result.is === 'refused') return result;
    await work.queries
      .update(totpFactors)
      .set({ confirmedAt: work.now })
      .where(eq(totpFactors.personId, personId));
    work.audit({ kind: 'factor.enrolled', outcome: 'success', details: { factor: 'totp' } });
    return result;
  });
  if (tried.is === 'refused') throw tried.refusal;
}
