import { randomBytes } from 'node:crypto';
import { eq, isNull } from '../../db/drizzle.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { signIns, totpFactors } from '../../db/schema.ts';
import { Secret } from '../../keys/secret.ts';
import { Refusal } from '../../refusal.ts';
import type { Caller } from '../caller.ts';
import { type Enrolment, enrolmentOf, seedBytes } from './code.ts';
import { requireTotp, type TotpDeps } from './deps.ts';

/** A factor may be enrolled this long after signing in, in seconds: a token stolen later must not gain a factor of its own. */
export const enrolWithinSeconds = 900;

type Outcome = { readonly is: 'enrolled' } | { readonly is: 'refused'; readonly refusal: Refusal };

/**
 * Gives the caller a seed for a one-time-code app, shown this once. It counts after `confirmTotp`; until then it can be
 * asked for again, and the seed before is worth nothing. Throws Refusal `conflict` when a confirmed factor exists,
 * `insufficient_assurance` when the sign-in is older than 15 minutes, `not_found` when TOTP is off.
 */
export async function enrolTotp(deps: TotpDeps, caller: Caller): Promise<Secret<Enrolment>> {
  requireTotp(deps);
  const seed = randomBytes(seedBytes);
  const outcome = await deps.transact(caller.context, (work) => enrol(deps, work, caller, seed));
  if (outcome.is === 'refused') throw outcome.refusal;
  return new Secret(enrolmentOf(seed, caller.name ?? caller.personId));
}

async function enrol(deps: TotpDeps, work: Work, caller: Caller, seed: Buffer): Promise<Outcome> {
  const { queries, now } = work;
  if (!(await signedInJustNow(work, caller))) return { is: 'refused', refusal: staleSignIn(caller) };
  const fresh = {
    seed: deps.masterKey.seal('totp-seed', caller.personId, seed),
    createdAt: now,
    lastUsedStep: null,
    failures: 0,
    lockedUntil: null,
  };
  const written = await queries
    .insert(totpFactors)
    .values({ personId: caller.personId, ...fresh })
    .onConflictDoUpdate({
      target: totpFactors.personId,
      set: fresh,
      setWhere: isNull(totpFactors.confirmedAt),
    })
    .returning({ personId: totpFactors.personId });
  if (written.length > 0) return { is: 'enrolled' };
  return {
    is: 'refused',
    refusal: new Refusal(
      'conflict',
      'You have a one-time-code app already. An operator can reset it when it is lost.',
    ),
  };
}

// By the age of the sign-in itself and not by auth_time, which some identity providers do not give.
async function signedInJustNow(work: Work, caller: Caller): Promise<boolean> {
  const rows = await work.queries
    .select({ createdAt: signIns.createdAt })
    .from(signIns)
    .where(eq(signIns.id, caller.signInId));
  const age = work.now.getTime() - (rows[0]?.createdAt.getTime() ?? 0);
  return age <= enrolWithinSeconds * 1000;
}

function staleSignIn(caller: Caller): Refusal {
  return new Refusal('insufficient_assurance', 'Enrolling a factor needs a fresh sign-in: sign in again.', {
    required: { level: 'single-factor', maxAgeSeconds: enrolWithinSeconds },
    current: {
      level: caller.assurance.level,
      authenticatedAt: caller.assurance.authenticatedAt.toISOString(),
    },
  });
}
