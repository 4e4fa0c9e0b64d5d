import { and, eq, gt, isNull } from '../../db/drizzle.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import type { Clock } from '../../db/clock.ts';
import { signIns, totpFactors } from '../../db/schema.ts';
import { notFound, Refusal } from '../../refusal.ts';
import { requireAssurance } from '../assurance.ts';
import type { Caller } from '../caller.ts';
import { requireTotp, type TotpDeps } from './deps.ts';

/** Whoever takes away another's factor has shown two of their own within this many seconds. */
const demand = { level: 'multi-factor', maxAgeSeconds: 900 } as const;

/**
 * An operator takes away a person's lost factor; the person's sign-ins end with it, since it may be in other hands. Never
 * one's own: a stolen operator token could replace the factor that guards it. Throws Refusal `forbidden`,
 * `insufficient_assurance`, or `not_found` when there is no such factor or TOTP is off.
 */
export async function resetTotp(
  deps: TotpDeps & { readonly clock: Clock },
  caller: Caller,
  input: { personId: string },
): Promise<void> {
  requireTotp(deps);
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may reset a factor.');
  if (input.personId === caller.personId) {
    throw new Refusal('forbidden', 'Another operator has to reset your factor.');
  }
  requireAssurance(caller, demand, deps.clock());
  const found = await deps.transact(caller.context, (work) => reset(work, input.personId));
  if (!found) throw notFound('factor');
}

async function reset(work: Work, personId: string): Promise<boolean> {
  const removed = await work.queries
    .delete(totpFactors)
    .where(eq(totpFactors.personId, personId))
    .returning({ personId: totpFactors.personId });
  if (removed.length === 0) return false;
  const ended = await work.queries
    .update(signIns)
    .set({ revokedAt: work.now })
    .where(and(eq(signIns.personId, personId), isNull(signIns.revokedAt), gt(signIns.expiresAt, work.now)))
    .returning({ id: signIns.id });
  work.audit({
    kind: 'factor.reset',
    outcome: 'success',
    subject: personId,
    details: { factor: 'totp', signInsEnded: ended.length },
  });
  return true;
}
