import { readDestination } from '../aws/console-address.ts';
import type { Federation, SigninReply } from '../aws/federation.ts';
import type { Outcome } from '../audit/event.ts';
import type { Caller } from '../identity/caller.ts';
import { Secret } from '../keys/secret.ts';
import { Refusal } from '../refusal.ts';
import type { BrokerDeps } from './deps.ts';
import { grantEvent, lockGrant } from './grant-row.ts';
import { notActive } from './issue-conditions.ts';
import { type IssuedSession, issueSession } from './issue-session.ts';

export interface ConsoleDeps extends BrokerDeps {
  readonly federation: Federation;
  /** Where the console sends people whose session is over: the public address of Daypass. */
  readonly issuer: string;
}

/** A way into the console, handed out once. Times are RFC 3339 in UTC. */
export interface ConsoleSignIn extends Omit<IssuedSession, 'credentials' | 'endsAt'> {
  /** Signs in whoever opens it. */
  readonly url: Secret<string>;
  /** Until when it can be opened. */
  readonly expiresAt: string;
  /** When access in the console ends. */
  readonly sessionEndsAt: string;
}

// IAM User Guide, "Enable custom identity broker access to the AWS console": the address is good for 15 minutes.
const addressSeconds = 900;

/**
 * Signs in to the AWS console with a session of its own under a grant, which is issued and recorded as any other. Its credentials
 * go to AWS's federation endpoint and to nobody else; the outcome is committed before the caller sees the address. When AWS gives
 * none, nothing is handed out, and the session stays on record until its last possible use.
 * `destination`: https address of a page of the console; its home when left out.
 * Throws Refusal: invalid_input (destination), and all that issueSession throws.
 */
export async function openConsole(
  deps: ConsoleDeps,
  caller: Caller,
  { grantId, destination }: { readonly grantId: string; readonly destination?: string | undefined },
): Promise<ConsoleSignIn> {
  const { federation, issuer } = deps;
  const page = readDestination(destination ?? `https://${federation.domain}/`, federation.domain);
  if (page === null) {
    throw new Refusal(
      'invalid_input',
      `destination must be a page of the AWS console: https://${federation.domain}/ or an address below that domain.`,
    );
  }
  const { credentials, endsAt, ...session } = await issueSession(deps, caller, { grantId });
  const askedAt = deps.clock().getTime();
  const reply = await federation.getSigninToken(credentials);
  const expiresAt = new Date(Math.min(askedAt + addressSeconds * 1000, Date.parse(endsAt))).toISOString();
  await recordOutcome(deps, caller, reply, {
    grantId,
    sessionId: session.sessionId,
    accessKeyId: credentials.reveal().accessKeyId,
    details: { expiresAt, sessionEndsAt: endsAt, destination: page.hostname },
  });
  if (reply.kind === 'fault') throw new Error('a fault is always refused');
  const url = federation.loginUrl(reply.token, { issuer, destination: page.href });
  return { ...session, url, expiresAt, sessionEndsAt: endsAt };
}

/** Throws the refusal when there is nothing to hand out; the record stands either way. */
async function recordOutcome(
  deps: ConsoleDeps,
  caller: Caller,
  reply: SigninReply,
  opened: {
    readonly grantId: string;
    readonly sessionId: string;
    readonly accessKeyId: string;
    readonly details: {
      readonly expiresAt: string;
      readonly sessionEndsAt: string;
      readonly destination: string;
    };
  },
): Promise<void> {
  const refusal = await deps.transact(caller.context, async (work): Promise<Refusal | null> => {
    const grant = await lockGrant(work.queries, opened.grantId);
    if (grant === null) throw new Error('rows disappeared; they are never deleted');
    // It may have ended while AWS was asked.
    const usable = grant.state === 'active' && work.now < grant.endsAt;
    const verdict = judge(reply);
    const refused = verdict.refusal ?? (usable ? null : notActive(grant, work.now));
    const { destination } = opened.details;
    work.audit(
      grantEvent(grant, 'console.opened', refused === null ? 'success' : verdict.outcome, {
        session: opened.sessionId,
        accessKeyId: opened.accessKeyId,
        details: {
          handedOut: refused === null,
          credentialsHandedOut: false,
          ...(refused === null
            ? opened.details
            : { reason: reply.kind === 'fault' ? reply.fault.code : 'the grant had ended', destination }),
        },
      }),
    );
    return refused;
  });
  if (refusal !== null) throw refusal;
}

interface Verdict {
  readonly outcome: Outcome;
  readonly refusal: Refusal | null;
}

function judge(reply: SigninReply): Verdict {
  if (reply.kind === 'token') return { outcome: 'failure', refusal: null };
  switch (reply.fault.kind) {
    case 'refused':
    case 'conflict':
    case 'not-found':
      return {
        outcome: 'failure',
        refusal: new Refusal(
          'aws_refused',
          `AWS refused to sign this session in to the console (${reply.fault.code}). Tell an operator; credentials may work all the same.`,
        ),
      };
    case 'throttled':
    case 'unavailable':
      return { outcome: 'failure', refusal: unavailable('AWS cannot sign you in to the console right now.') };
    case 'unknown-outcome':
      break;
  }
  return {
    outcome: 'unknown',
    refusal: unavailable('The AWS sign-in did not answer, or its answer was lost.'),
  };
}

function unavailable(what: string): Refusal {
  return new Refusal('aws_unavailable', `${what} Nothing was handed out. Try again in a moment.`, {
    retryAfterSeconds: 5,
  });
}
