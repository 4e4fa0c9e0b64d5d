import { createEgress } from '../egress/egress.ts';
import { EgressRefused } from '../egress/refused.ts';
import { Secret } from '../keys/secret.ts';
import { consoleDomain, isOnThisMachine } from './console-address.ts';
import type { AwsFault } from './fault.ts';

// IAM User Guide, "Enable custom identity broker access to the AWS console".

export interface FederationOptions {
  /** The federation endpoint: AWS's, or one on this machine. */
  readonly endpoint: URL;
  /** Networks that may be called although they are not public, for an endpoint inside a VPC. */
  readonly egressAllow?: readonly string[];
  /** Most that one call may take, in milliseconds. Default: 3,000, which with the ten of STS stays below what a stop waits for. */
  readonly timeLimitMs?: number;
}

/** The parts of a session's credentials that it is signed in with. */
export interface FederatedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export type SigninReply =
  | { readonly kind: 'token'; readonly token: Secret<string> }
  | { readonly kind: 'fault'; readonly fault: AwsFault };

/** AWS's sign-in to the console for those who hold credentials of a role. */
export interface Federation {
  /** Domain of the console that it signs in to. */
  readonly domain: string;
  /** Never rejects: an error is sorted into what it says about the outcome. */
  getSigninToken(credentials: Secret<FederatedCredentials>): Promise<SigninReply>;
  /** The address that signs in whoever opens it: a secret, like the token in it. */
  loginUrl(
    token: Secret<string>,
    to: { readonly issuer: string; readonly destination: string },
  ): Secret<string>;
}

// An answer is one token of a few thousand characters.
const mostBytes = 65_536;

/** Throws an Error when the endpoint is not one of AWS's. */
export function createFederation({ endpoint, egressAllow, timeLimitMs }: FederationOptions): Federation {
  const domain = consoleDomain(endpoint);
  if (domain === null) throw new Error('the federation endpoint is none of AWS');
  const egress = createEgress({
    allow: egressAllow ?? [],
    loopbackOrigins: isOnThisMachine(endpoint) ? [endpoint.origin] : [],
    limits: { totalMs: timeLimitMs ?? 3_000, bodyBytes: mostBytes },
  });
  return {
    domain,
    async getSigninToken(credentials) {
      try {
        const { status, body } = await egress.send({
          url: endpoint.href,
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: question(credentials),
        });
        if (status !== 200) return { kind: 'fault', fault: judgeStatus(status) };
        return readToken(body) ?? unknown('UnreadableReply');
      } catch (error) {
        return { kind: 'fault', fault: judgeRefusal(error) };
      }
    },
    loginUrl(token, { issuer, destination }) {
      const url = new URL(endpoint);
      url.search = new URLSearchParams({
        Action: 'login',
        Issuer: issuer,
        Destination: destination,
        SigninToken: token.reveal(),
      }).toString();
      return new Secret(url.href);
    },
  };
}

// As a POST, so that credentials stand in no address. Without SessionDuration, which AWS refuses for a role that a role has
// assumed: the console session then lasts as long as the credentials.
function question(credentials: Secret<FederatedCredentials>): Uint8Array {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.reveal();
  const session = { sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken };
  const form = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
  return Buffer.from(form.toString());
}

function readToken(body: Buffer): SigninReply | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  const token: unknown =
    typeof parsed === 'object' && parsed !== null && 'SigninToken' in parsed ? parsed.SigninToken : null;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token)) return null;
  return { kind: 'token', token: new Secret(token) };
}

function judgeStatus(status: number): AwsFault {
  const code = `HTTP ${status}`;
  if (status === 429) return { kind: 'throttled', code };
  return { kind: status >= 400 && status < 500 ? 'refused' : 'unavailable', code };
}

// Nothing was sent. A connection that broke may have carried the question all the same.
const neverSent = new Set([
  'EGRESS_URL',
  'EGRESS_REQUEST',
  'EGRESS_NAME',
  'EGRESS_ADDRESS',
  'EGRESS_CERTIFICATE',
]);

// Only the code goes on: it names what happened and nothing that was sent.
function judgeRefusal(error: unknown): AwsFault {
  if (!(error instanceof EgressRefused)) return { kind: 'unknown-outcome', code: 'Unknown' };
  return { kind: neverSent.has(error.code) ? 'unavailable' : 'unknown-outcome', code: error.code };
}

function unknown(code: string): SigninReply {
  return { kind: 'fault', fault: { kind: 'unknown-outcome', code } };
}
