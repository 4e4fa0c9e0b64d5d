import type { CallContext } from '../audit/event.ts';
import { newId } from '../db/ids.ts';
import type { Secret } from '../keys/secret.ts';
import { Refusal } from '../refusal.ts';
import { assuranceFromClaims } from './assurance-map.ts';
import { type Attempt, type SignInPurpose, takeAttempt } from './attempt.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { type NewSignIn, writeSignIn } from './new-sign-in.ts';
import { OidcFailure } from './oidc-failure.ts';
import { type PersonClaims, personFromClaims } from './person-claims.ts';
import { findPersonId, rememberPerson } from './remember-person.ts';
import { SignInRefused } from './sign-in-refused.ts';
import { idpUnavailable } from './start-sign-in.ts';
import { countStrangerFailure, strangerContext } from './stranger.ts';

export interface FinishSignIn {
  /** The query of the callback as it came, and the state in it. */
  readonly query: string;
  readonly state: string | null;
  /** What the browser's sign-in cookie holds, or null. */
  readonly browserToken: string | null;
  /** The session token the browser holds already: the new sign-in takes its place. */
  readonly replaces: string | null;
}

export interface FinishedSignIn {
  readonly purpose: SignInPurpose;
  /** The session token of a browser, or the authorization code of a command-line client. */
  readonly secret: Secret<string>;
}

/**
 * Takes the identity provider's answer: one-use attempt, code exchange (no transaction open), person, sign-in and its event.
 * The sign-in is stored with whatever assurance came back; whoever demanded more decides on it.
 * Throws Refusal `sign_in_failed`, or SignInRefused once it is known what the sign-in was for (its `refusal` is
 * `sign_in_failed` or `idp_unavailable`).
 */
export async function finishSignIn(
  deps: IdentityDeps,
  input: FinishSignIn,
  meta: CallMeta,
): Promise<FinishedSignIn> {
  const attempt = await ownAttempt(deps, input, meta);
  const claims = await claimsFromProvider(deps, input, attempt, meta);
  const person = personFromClaims(claims, deps.groupsClaim);
  if (person === null) {
    await recordInvalid(deps, 'unusable_subject', meta);
    throw failed(attempt, 'The identity provider sent an answer that cannot be trusted. Sign in again.');
  }
  const assurance = assuranceFromClaims(deps.assuranceMap, claims, deps.clock());
  const secret = await signInPerson(deps, person, { attempt, assurance, replaces: input.replaces }, meta);
  if (secret === null) {
    throw failed(
      attempt,
      'Your access to Daypass was ended. Ask an operator if you think you should have it.',
    );
  }
  return { purpose: attempt.purpose, secret };
}

async function ownAttempt(deps: IdentityDeps, input: FinishSignIn, meta: CallMeta): Promise<Attempt> {
  const { state, browserToken } = input;
  const attempt =
    state === null || browserToken === null
      ? null
      : await deps.transact(strangerContext(meta), ({ queries, now }) =>
          takeAttempt(queries, deps.masterKey, now, { state, browserToken }),
        );
  if (attempt !== null) return attempt;
  countStrangerFailure(deps, 'signin.no_attempt', meta);
  throw new Refusal(
    'sign_in_failed',
    'This sign-in was not started in this browser, took longer than ten minutes or was used already. Start again.',
  );
}

async function claimsFromProvider(
  deps: IdentityDeps,
  input: FinishSignIn,
  attempt: Attempt,
  meta: CallMeta,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await deps.oidc.finish({
      query: input.query,
      state: input.state ?? '',
      nonce: attempt.nonce,
      codeVerifier: attempt.codeVerifier,
      neededClaim: deps.groupsClaim,
    });
  } catch (error) {
    if (!(error instanceof OidcFailure)) throw error;
    if (error.kind === 'unavailable') throw new SignInRefused(attempt.purpose, idpUnavailable());
    if (error.kind === 'invalid') {
      await recordInvalid(deps, error.reason, meta);
      throw failed(attempt, 'The identity provider sent an answer that cannot be trusted. Sign in again.');
    }
    // Anybody can come here without ever having signed in anywhere, so this is noise, not record.
    countStrangerFailure(deps, 'signin.refused', meta);
    throw failed(attempt, 'The identity provider did not sign you in. Start again.');
  }
}

function failed(attempt: Attempt, message: string): SignInRefused {
  return new SignInRefused(attempt.purpose, new Refusal('sign_in_failed', message));
}

// A token that the provider issued and that does not verify is an attack or a broken provider, not noise: it is written down.
async function recordInvalid(deps: IdentityDeps, reason: string, meta: CallMeta): Promise<void> {
  await deps.transact(strangerContext(meta), (work) =>
    work.audit({ kind: 'signin.failed', outcome: 'failure', details: { reason } }),
  );
}

/** Person, sign-in and event in one commit; null for somebody deactivated, which is recorded too. */
async function signInPerson(
  deps: IdentityDeps,
  person: PersonClaims,
  input: Omit<NewSignIn, 'personId'>,
  meta: CallMeta,
): Promise<Secret<string> | null> {
  let personId = (await findPersonId(deps.db, person)) ?? newId('prs', deps.clock());
  for (;;) {
    const context: CallContext = { ...strangerContext(meta), actor: { type: 'person', id: personId } };
    const outcome = await deps.transact(context, async (work) => {
      const written = await rememberPerson(work.queries, personId, person, work.now);
      // The same person signed in for the first time elsewhere, just now: the events must name the id they got there.
      if (written.id !== personId) return { is: written.id };
      if (!written.active) {
        const details = { reason: 'deactivated', client: input.attempt.purpose.client };
        await work.audit({ kind: 'signin.failed', outcome: 'denied', details });
        return { made: null };
      }
      return { made: await writeSignIn(deps, work, { ...input, personId }) };
    });
    if ('made' in outcome) return outcome.made;
    personId = outcome.is;
  }
}
