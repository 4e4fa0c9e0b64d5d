import { lookup } from 'node:dns/promises';
import { againstAddress, againstEntry, isLoopback } from './addresses.ts';
import { type EgressAnswer, type EgressLimits, type EgressMessage, exchange } from './exchange.ts';
import { Networks } from './networks.ts';
import { EgressRefused } from './refused.ts';
import { readTarget, type Target } from './target.ts';

export interface EgressOptions {
  /** Addresses and networks that may be called although they are not public, such as `10.20.0.0/16`. */
  readonly allow: readonly string[];
  /** Origins on this machine that the operator configured, such as `http://127.0.0.1:9000`: those alone may be http. */
  readonly loopbackOrigins?: readonly string[];
  /** Default: 10 s in all, 1 MiB of body, 16 KiB of header. */
  readonly limits?: Partial<EgressLimits>;
  /** Every address of a name. Default: what the system says, as for any program on this machine. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

export interface EgressCall extends EgressMessage {
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** The one way out to addresses that people configure. */
export interface Egress {
  /** Rejects with EgressRefused, or with the reason of the call's own signal once that aborts. */
  send(call: EgressCall): Promise<EgressAnswer>;
}

const standardLimits: EgressLimits = { totalMs: 10_000, bodyBytes: 1_048_576, headerBytes: 16_384 };

// What says where a message goes and where it ends is not the caller's to set (RFC 9110, 7.2 and 7.6.1; RFC 9112, 6).
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i;

/** Throws an Error when an entry of `allow` is none. */
export function createEgress(options: EgressOptions): Egress {
  for (const entry of options.allow) {
    const problem = againstEntry(entry);
    if (problem !== null) throw new Error(`${entry} ${problem}`);
  }
  const listed = new Networks(options.allow);
  const loopbackOrigins = new Set(options.loopbackOrigins);
  const limits = { ...standardLimits, ...options.limits };
  const resolve = options.resolve ?? resolveBySystem;
  return {
    async send({ url, signal, ...message }) {
      const target = readTarget(url, loopbackOrigins);
      const foreign = Object.keys(message.headers).find((name) => ownHeaders.test(name));
      if (foreign !== undefined)
        throw new EgressRefused('REQUEST', `The header ${foreign} is not for callers to set.`);
      using deadline = startDeadline(limits.totalMs, target, signal);
      const addresses = target.isAddress
        ? [target.name]
        : await orAborted(addressesOf(target, resolve), deadline.signal);
      for (const address of addresses) check(address, target, listed);
      return await exchange(target, addresses, message, limits, deadline.signal);
    },
  };
}

// Every address must do, not only the one that is used: a name that also leads inside is a mistake or an attack.
function check(address: string, target: Target, listed: Networks): void {
  if (target.isOwnLoopback && isLoopback(address)) return;
  const problem =
    target.url.protocol === 'https:' ? againstAddress(address, listed) : 'not an address of this machine';
  if (problem === null) return;
  throw new EgressRefused(
    'ADDRESS',
    `${target.url.host} is at ${address}, ${problem}: correct the address, or list it in EGRESS_ALLOW if it is meant and may be listed.`,
  );
}

async function addressesOf(
  target: Target,
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const addresses = await resolve(target.name).catch(() => []);
  if (addresses.length > 0) return addresses;
  throw new EgressRefused('NAME', `The name ${target.name} does not resolve: is it spelled right?`);
}

async function resolveBySystem(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function startDeadline(totalMs: number, target: Target, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const late = () =>
    controller.abort(
      new EgressRefused('TIME', `${target.url.host} took longer than ${totalMs / 1000} seconds: is it well?`),
    );
  const given = () => controller.abort(outer?.reason);
  const timer = setTimeout(late, totalMs);
  if (outer?.aborted === true) given();
  else outer?.addEventListener('abort', given, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', given);
    },
  };
}

// A question to DNS cannot be taken back; it is only waited for no longer.
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
