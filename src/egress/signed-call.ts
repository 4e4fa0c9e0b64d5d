import { Webhook } from 'standardwebhooks';
import type { Secret } from '../keys/secret.ts';
import { createEgress, type EgressOptions } from './egress.ts';
import { EgressRefused } from './refused.ts';
import { againstSigningSecret, signingSecrets } from './signing-secret.ts';

export interface SignedCallOptions {
  /** As the operator configured it. http leads to this machine alone. */
  readonly url: URL;
  /** `whsec_…`; two, separated by a comma, while it is being changed: then each call carries a signature with each. */
  readonly secret: Secret<string>;
  readonly clock: () => Date;
  /** Networks that may be called although they are not public. */
  readonly egressAllow?: readonly string[];
  /** Most that one call may take, in milliseconds. Default: 5,000. */
  readonly timeLimitMs?: number;
  /** Every address of a name. Default: what the system says. */
  readonly resolve?: EgressOptions['resolve'];
}

export interface SignedMessage {
  /** Names the message, not the attempt: by it a receiver drops what comes twice. */
  readonly id: string;
  /** Sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Sends a message and resolves to the JSON of the answer, undefined when that holds none: whoever calls says what it must
 * look like. Rejects with EgressRefused, also when the answer's status is not 200 to 299.
 */
export type SignedCall = (message: SignedMessage) => Promise<unknown>;

const standardTimeLimitMs = 5_000;
const mostBytes = 65_536;
// Too many calls, and what a proxy answers for a server behind it that does not (RFC 6585, 4; RFC 9110, 15.6).
const notThere = new Set([429, 502, 503, 504]);

/**
 * Calls one address, each call signed as Standard Webhooks has it (version 1.0.0: the headers webhook-id, webhook-timestamp and
 * webhook-signature). The timestamp is that of the attempt. Throws an Error when the secret is none.
 */
export function createSignedCall(options: SignedCallOptions): SignedCall {
  const { url, secret, clock, egressAllow, timeLimitMs, resolve } = options;
  const problem = againstSigningSecret(secret.reveal());
  if (problem !== null) throw new Error(`the secret of ${url.host} ${problem}`);
  const egress = createEgress({
    allow: egressAllow ?? [],
    loopbackOrigins: url.protocol === 'http:' ? [url.origin] : [],
    limits: { totalMs: timeLimitMs ?? standardTimeLimitMs, bodyBytes: mostBytes },
    ...(resolve === undefined ? {} : { resolve }),
  });
  return async ({ id, body }) => {
    const text = JSON.stringify(body);
    const { status, body: answer } = await egress.send({
      url: url.href,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...signed(secret, id, clock(), text),
      },
      body: Buffer.from(text),
    });
    if (status < 200 || status > 299) {
      throw new EgressRefused(
        notThere.has(status) ? 'UNREACHABLE' : 'STATUS',
        `${url.host} answered with ${status}: see its log.`,
      );
    }
    return parsed(answer);
  };
}

function signed(secret: Secret<string>, id: string, at: Date, text: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signingSecrets(secret.reveal())
      .map((one) => new Webhook(one).sign(id, at, text))
      .join(' '),
  };
}

function parsed(answer: Buffer): unknown {
  try {
    return JSON.parse(answer.toString('utf8'));
  } catch {
    return undefined;
  }
}
