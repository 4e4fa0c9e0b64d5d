import type { Secret } from '../keys/secret.ts';
import { Refusal } from '../refusal.ts';
import { assuranceFromClaims } from './assurance-map.ts';
import { type Attempt, type SignInPurpose, takeAttempt } from './attempt.ts';
import { type ClientPurpose, saveConfirmation } from './client-confirmation.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { OidcFailure } from './oidc-failure.ts';
import { personFromClaims } from './person-claims.ts';
import { signInPerson } from './sign-in-person.ts';
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

export type FinishedSignIn =
  | {
      readonly purpose: Extract<SignInPurpose, { client: 'browser' }>;
      /** The session token of the browser. */
      readonly token: Secret<string>;
    }
  | {
      readonly purpose: ClientPurpose;
      /** What the person is asked before a command-line client gets anything: in whose name, and the token of that form. */
      readonly question: { readonly name: string; readonly formToken: string };
    };

/**
 * Takes the identity provider's answer: one-use attempt, code exchange (no transaction open), person, sign-in and its event.
 * The sign-in is stored with whatever assurance came back; whoever demanded more decides on it. For a command-line client
 * nothing is stored yet but the question whether it is wanted (see confirmClient).
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
  const person = personFromClaims(claims, deps.groupsClaim, deps.managerClaim);
  if (person === null) {
    await recordInvalid(deps, 'unusable_subject', meta);
    throw failed(attempt, 'The identity provider sent an answer that cannot be trusted. Sign in again.');
  }
  const assurance = assuranceFromClaims(deps.assuranceMap, claims, deps.clock());
  const { purpose } = attempt;
  if (purpose.client === 'cli') {
    const browserToken = input.browserToken ?? '';
    const formToken = await deps.transact(strangerContext(meta), ({ queries, now }) =>
      saveConfirmation(queries, deps.masterKey, now, { browserToken, purpose, person, assurance }),
    );
    return { purpose, question: { name: person.name ?? person.subject, formToken } };
  }
  const token = await signInPerson(deps, { person, purpose, assurance, replaces: input.replaces }, meta);
  if (token === null) {
    throw failed(
      attempt,
      'Your access to Daypass was ended. Ask an operator if you think you should have it.',
    );
  }
  return { purpose, token };
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
