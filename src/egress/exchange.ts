import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { EgressRefused } from './refused.ts';
import type { Target } from './target.ts';

/** What is sent. */
export interface EgressMessage {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface EgressAnswer {
  /** 200 to 299 or 400 to 599. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Most that one call may take. */
export interface EgressLimits {
  /** From the question to DNS to the last byte, in milliseconds. */
  readonly totalMs: number;
  readonly bodyBytes: number;
  /** All header fields of an answer together. */
  readonly headerBytes: number;
}

const mostInterimAnswers = 8;

// No connection is kept and no TLS session resumed: each call proves anew who answers. Agents without `proxyEnv` use no proxy,
// whatever the environment says.
const agents = {
  https: new HttpsAgent({ keepAlive: false, maxCachedSessions: 0 }),
  http: new HttpAgent({ keepAlive: false }),
};

/**
 * One request and its answer, over a connection to one of `addresses`, which must be checked already: no name is looked up
 * here. TLS verifies the name of the URL. Rejects with EgressRefused, or with the reason of `signal` once that aborts.
 */
export async function exchange(
  target: Target,
  addresses: readonly string[],
  message: EgressMessage,
  limits: EgressLimits,
  signal: AbortSignal,
): Promise<EgressAnswer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<EgressAnswer>();
  const request = open(target, addresses, message, limits);
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  let interimAnswers = 0;
  request.on('information', () => {
    if (++interimAnswers > mostInterimAnswers) reject(unfit(target, 'sends interim answers without end'));
  });
  request.on('error', (error) => reject(explain(error, target)));
  // An upgrade that nobody asked for, say, ends without an error. Once there is a response, reading it settles the call: the
  // connection may close while the last of it is still being read.
  const ended = () => reject(unfit(target, 'ended without an answer'));
  request.on('close', ended);
  request.on('response', (response) => {
    request.off('close', ended);
    read(response, target, limits).then(resolve, reject);
  });
  request.end(message.body);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    request.destroy();
  }
}

function open(
  target: Target,
  addresses: readonly string[],
  message: EgressMessage,
  limits: EgressLimits,
): ClientRequest {
  const { url, name } = target;
  const options = {
    protocol: url.protocol,
    hostname: name,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method: message.method,
    headers: { ...message.headers, 'accept-encoding': 'identity' },
    lookup: pinned(addresses),
    autoSelectFamily: true,
    maxHeaderSize: limits.headerBytes,
    insecureHTTPParser: false,
  };
  try {
    if (url.protocol === 'http:') return httpRequest({ ...options, agent: agents.http });
    return httpsRequest({
      ...options,
      agent: agents.https,
      servername: target.isAddress ? '' : name,
      // Written out, as NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default.
      rejectUnauthorized: true,
    });
  } catch {
    throw new EgressRefused(
      'REQUEST',
      `What was to be sent to ${url.host} has a header that cannot be sent.`,
    );
  }
}

/** Answers with what was checked, whatever is asked. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, _options, done) => process.nextTick(done, null, found);
}

async function read(response: IncomingMessage, target: Target, limits: EgressLimits): Promise<EgressAnswer> {
  const { host } = target.url;
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw new EgressRefused(
      'REDIRECT',
      `${host} answered with a redirect (${status}), and redirects are not followed: configure the final address.`,
    );
  }
  if (status < 200 || status > 599) throw unfit(target, 'answered with a status that does not exist');
  // Nothing is ever unpacked, so that a small answer cannot become a large one.
  if (!['', 'identity'].includes((response.headers['content-encoding'] ?? '').trim().toLowerCase())) {
    throw new EgressRefused('ENCODING', `${host} answered compressed although it was asked not to.`);
  }
  const tooLarge = () =>
    new EgressRefused('SIZE', `${host} answered with more than the ${limits.bodyBytes} bytes that are read.`);
  if (Number(response.headers['content-length'] ?? 0) > limits.bodyBytes) throw tooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > limits.bodyBytes) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof EgressRefused ? error : unfit(target, 'ended in the middle of its answer');
  }
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return { status, headers, body: Buffer.concat(parts) };
}

function unfit(target: Target, what: string): EgressRefused {
  return new EgressRefused('ANSWER', `${target.url.host} ${what}: see what listens there.`);
}

// By its code alone: messages and fields of these errors hold certificates and bytes of the answer.
function explain(error: Error, target: Target): EgressRefused {
  const { host } = target.url;
  const code = 'code' in error && /^[A-Z][A-Z0-9_]{1,60}$/.test(String(error.code)) ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW')
    return new EgressRefused('SIZE', `${host} answered with more header than is read.`);
  if (code.startsWith('HPE_')) return unfit(target, `does not speak HTTP as it should (${code})`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|CRL|HOSTNAME/.test(code)) {
    return new EgressRefused(
      'CERTIFICATE',
      `The certificate of ${host} does not prove that name (${code}): mend it, or name your own authority in NODE_EXTRA_CA_CERTS.`,
    );
  }
  return new EgressRefused('UNREACHABLE', `${host} cannot be reached (${code || 'unknown'}): is it up?`);
}
