import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialStore, StoredCredential } from './credentials.ts';

export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export type SignatureProblem =
  | { kind: 'missing' | 'unknown-key' | 'wrong-token' | 'wrong-signature' | 'expired' | 'payload' }
  | { kind: 'incomplete' | 'wrong-scope' | 'skew'; message: string };

export type Verified = { ok: true; credential: StoredCredential } | { ok: false; problem: SignatureProblem };

export interface Expected {
  service: string;
  /** The regions that the scope may name. */
  regions: string[];
  /** How far the clock of the signer may be off, in seconds. */
  skewSeconds: number;
  /** The time by which credentials expire. */
  now: Date;
  /** The time with which the timestamp of the signature is compared. */
  signedAt: Date;
}

/**
 * Verifies AWS Signature Version 4 (AWS, "Create a signed AWS API request" and "Troubleshoot Signature Version 4").
 */
export function verifySignature(
  request: SignedRequest,
  expected: Expected,
  store: CredentialStore,
): Verified {
  const { headers } = request;
  if (!headers['authorization']) return failed({ kind: 'missing' });
  const parsed = parseAuthorization(headers['authorization']);
  const stamp = headers['x-amz-date'];
  if (!parsed || !stamp || !/^\d{8}T\d{6}Z$/.test(stamp)) {
    return failed({ kind: 'incomplete', message: 'Authorization header or X-Amz-Date is not complete.' });
  }
  const credential = store.find(parsed.accessKeyId);
  if (!credential) return failed({ kind: 'unknown-key' });
  if (credential.sessionToken !== headers['x-amz-security-token']) return failed({ kind: 'wrong-token' });

  const scopeProblem = checkScope(parsed, expected, stamp);
  if (scopeProblem) return failed(scopeProblem);
  // AWS: host and every x-amz-* header that is sent must be among the signed ones.
  const unsigned = Object.keys(headers).filter((name) => {
    return (name === 'host' || name.startsWith('x-amz-')) && !parsed.signedHeaders.includes(name);
  });
  if (unsigned.length > 0) return failed({ kind: 'wrong-signature' });

  const bodyHash = sha256(request.body);
  const declared = headers['x-amz-content-sha256'];
  // S3 alone takes the client's word for the hash, and for an unsigned payload; the others hash the body themselves.
  const signedHash = expected.service === 's3' && declared ? declared : bodyHash;
  const wanted = signature(request, parsed, stamp, signedHash, credential.secretAccessKey);
  if (!sameText(wanted, parsed.signature)) return failed({ kind: 'wrong-signature' });
  if (signedHash !== bodyHash && signedHash !== 'UNSIGNED-PAYLOAD') return failed({ kind: 'payload' });

  if (credential.expiration && credential.expiration <= expected.now) return failed({ kind: 'expired' });
  const skew = checkSkew(stamp, expected);
  return skew ? failed(skew) : { ok: true, credential };
}

/** The region in the scope of a signature, whether or not it is right; undefined if there is none. */
export function signedRegion(request: SignedRequest): string | undefined {
  return parseAuthorization(request.headers['authorization'] ?? '')?.region;
}

interface Authorization {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

function failed(problem: SignatureProblem): Verified {
  return { ok: false, problem };
}

function parseAuthorization(header: string): Authorization | null {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!parts) return null;
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    parts;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

function checkScope(parsed: Authorization, expected: Expected, stamp: string): SignatureProblem | null {
  const wrong = (message: string): SignatureProblem => ({ kind: 'wrong-scope', message });
  if (parsed.date !== stamp.slice(0, 8)) {
    return wrong(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${parsed.date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
  }
  if (!expected.regions.includes(parsed.region)) {
    return wrong(`Credential should be scoped to a valid region, not '${parsed.region}'. `);
  }
  if (parsed.service !== expected.service) {
    return wrong(`Credential should be scoped to correct service: '${expected.service}'. `);
  }
  return null;
}

/** The text is the one AWS answers: "Signature expired: … is now earlier than …" or "Signature not yet current: …". */
function checkSkew(stamp: string, expected: Expected): SignatureProblem | null {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const offset = (Date.parse(iso) - expected.signedAt.getTime()) / 1000;
  const minutes = expected.skewSeconds / 60;
  const now = basic(expected.signedAt);
  if (offset < -expected.skewSeconds) {
    const limit = basic(new Date(expected.signedAt.getTime() - expected.skewSeconds * 1000));
    return {
      kind: 'skew',
      message: `Signature expired: ${stamp} is now earlier than ${limit} (${now} - ${minutes} min.)`,
    };
  }
  if (offset > expected.skewSeconds) {
    const limit = basic(new Date(expected.signedAt.getTime() + expected.skewSeconds * 1000));
    return {
      kind: 'skew',
      message: `Signature not yet current: ${stamp} is still later than ${limit} (${now} + ${minutes} min.)`,
    };
  }
  return null;
}

function basic(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function signature(
  request: SignedRequest,
  parsed: Authorization,
  stamp: string,
  payloadHash: string,
  secret: string,
): string {
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s);
  const canonical = [
    request.method,
    path,
    canonicalQuery(query),
    ...parsed.signedHeaders.map(
      (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`,
    ),
    '',
    parsed.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  const scope = `${parsed.date}/${parsed.region}/${parsed.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = [parsed.date, parsed.region, parsed.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  return hmac(key, toSign).toString('hex');
}

function canonicalQuery(query: string): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
