import { isIP } from 'node:net';
import { EgressRefused } from './refused.ts';

/** A URL that may be called, as far as can be told from the URL alone. */
export interface Target {
  readonly url: URL;
  /** The host as DNS and TLS take it: no brackets around IPv6. */
  readonly name: string;
  /** The host is an IP address already. */
  readonly isAddress: boolean;
  /** The operator configured this very origin, on this machine. */
  readonly isOwnLoopback: boolean;
}

// Ports from 1024 up that speak something else, so that nothing sent there can be taken for a command: those of the Fetch
// standard ("port blocking"), and MySQL, PostgreSQL, Redis and memcached.
const otherProtocols = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080, 3306, 5432, 6379, 11211,
]);

/**
 * Reads and checks the address of a call: https, no user or password, a port for https. `loopbackOrigins` are the exact
 * origins on this machine that the operator configured; http and any port are allowed for those alone. Odd spellings of IP
 * addresses (decimal, octal, hex, full-width) are spelled out by the URL parser. Throws EgressRefused.
 */
export function readTarget(address: string, loopbackOrigins: ReadonlySet<string>): Target {
  const url = URL.parse(address);
  if (url === null) throw new EgressRefused('URL', 'An address to call is no URL: write https://host/path.');
  const isOwnLoopback = loopbackOrigins.has(url.origin);
  if (url.username !== '' || url.password !== '') {
    throw new EgressRefused('URL', `The address at ${url.host} carries a user or password: take it out.`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOwnLoopback)) {
    throw new EgressRefused('URL', `The address at ${url.host || 'no host'} must be an https URL.`);
  }
  const port = Number(url.port === '' ? '443' : url.port);
  if (!isOwnLoopback && port !== 443 && (port < 1024 || otherProtocols.has(port))) {
    throw new EgressRefused(
      'URL',
      `Port ${port} of ${url.hostname} is not called: serve https on 443 or 8443.`,
    );
  }
  if (url.hostname.endsWith('.')) {
    throw new EgressRefused('URL', `The host ${url.hostname} ends with a dot: write it without.`);
  }
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { url, name, isAddress: isIP(name) !== 0, isOwnLoopback };
}
