import { newToken } from '../keys/token.ts';
import { Refusal } from '../refusal.ts';
import { saveAttempt, type SignInPurpose } from './attempt.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import type { SignInDemand, StartedSignIn } from './oidc.ts';
import { OidcFailure } from './oidc-failure.ts';
import { strangerContext } from './stranger.ts';

export interface StartSignIn {
  readonly purpose: SignInPurpose;
  readonly demand: SignInDemand;
  /** What the browser's sign-in cookie holds already, or null. */
  readonly browserToken: string | null;
}

export interface SignInStarted {
  /** Where to send the browser: the identity provider. */
  readonly url: URL;
  /** For the browser's sign-in cookie: the answer counts only beside it. */
  readonly browserToken: string;
}

const browserTokenForm = /^dpx_[A-Za-z0-9_-]{43}$/;

/**
 * Sends somebody to the identity provider. Throws Refusal `idp_unavailable` when it cannot be reached, and
 * `audit_unavailable` when the database cannot.
 */
export async function startSignIn(
  deps: Pick<IdentityDeps, 'transact' | 'masterKey' | 'oidc'>,
  input: StartSignIn,
  meta: CallMeta,
): Promise<SignInStarted> {
  // One token a browser, so that two tabs can be on their way at once.
  const known = input.browserToken !== null && browserTokenForm.test(input.browserToken);
  const browserToken = known ? input.browserToken : newToken('dpx');
  const started = await startAtProvider(deps, input.demand);
  await deps.transact(strangerContext(meta), ({ queries, now }) =>
    saveAttempt(queries, deps.masterKey, now, { started, browserToken, purpose: input.purpose }),
  );
  return { url: started.url, browserToken };
}

async function startAtProvider(
  deps: Pick<IdentityDeps, 'oidc'>,
  demand: SignInDemand,
): Promise<StartedSignIn> {
  try {
    return await deps.oidc.start(demand);
  } catch (error) {
    if (error instanceof OidcFailure) throw idpUnavailable();
    throw error;
  }
}

/** The identity provider does not answer, or not usefully. */
export function idpUnavailable(): Refusal {
  return new Refusal(
    'idp_unavailable',
    'The identity provider cannot be reached right now. Try again in a moment; whoever is signed in stays signed in.',
  );
}
