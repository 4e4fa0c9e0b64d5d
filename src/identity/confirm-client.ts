import type { CallContext } from '../audit/event.ts';
import type { Secret } from '../keys/secret.ts';
import { Refusal } from '../refusal.ts';
import { type ClientPurpose, type Confirmation, takeConfirmation } from './client-confirmation.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { findPersonId } from './remember-person.ts';
import { signInPerson } from './sign-in-person.ts';
import { countStrangerFailure, strangerContext } from './stranger.ts';

export interface ConfirmClient {
  /** The token of the form, and what the browser's sign-in cookie holds; null where there is none. */
  readonly token: string | null;
  readonly browserToken: string | null;
  readonly answer: 'continue' | 'cancel';
}

export interface ConfirmedClient {
  readonly purpose: ClientPurpose;
  /** The authorization code; null when the person cancelled, or may not act any more. */
  readonly code: Secret<string> | null;
}

/**
 * The person's answer to "sign in the command on this computer?": the sign-in is written, and its code made, only now. Without
 * the question any program or page could have a browser fetch a code while somebody is signed in at the provider (RFC 8252,
 * 8.6). Saying no is recorded: somebody else may have asked. Throws Refusal `sign_in_failed` when there is nothing to confirm.
 */
export async function confirmClient(
  deps: IdentityDeps,
  { token, browserToken, answer }: ConfirmClient,
  meta: CallMeta,
): Promise<ConfirmedClient> {
  const asked =
    token === null || browserToken === null
      ? null
      : await deps.transact(strangerContext(meta), ({ queries, now }) =>
          takeConfirmation(queries, deps.masterKey, now, { token, browserToken }),
        );
  if (asked === null) {
    countStrangerFailure(deps, 'signin.no_attempt', meta);
    throw new Refusal(
      'sign_in_failed',
      'This question was not asked in this browser, was answered already or is too old. Start again.',
    );
  }
  if (answer === 'continue') {
    return { purpose: asked.purpose, code: await signInPerson(deps, { ...asked, replaces: null }, meta) };
  }
  await recordDeclined(deps, asked, meta);
  return { purpose: asked.purpose, code: null };
}

async function recordDeclined(deps: IdentityDeps, { person }: Confirmation, meta: CallMeta): Promise<void> {
  const stranger = strangerContext(meta);
  const personId = await findPersonId(deps.db, person);
  const context: CallContext =
    personId === null ? stranger : { ...stranger, actor: { type: 'person', id: personId } };
  await deps.transact(context, (work) =>
    work.audit({
      kind: 'signin.failed',
      outcome: 'denied',
      details: { reason: 'declined', client: 'cli' },
    }),
  );
}
