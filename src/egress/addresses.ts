import { isIP } from 'node:net';
import { Networks, parseNetwork } from './networks.ts';

// What stands here is from the IANA special-purpose address registries (RFC 6890 and its updates), read the careful way: an
// IPv6 address is public only inside 2000::/3, the part that is handed out, and there only where nothing else is said.

const loopback = new Networks(['127.0.0.0/8', '::1']);

const special: readonly (readonly [string, Networks])[] = [
  ['a loopback address', loopback],
  ['a private address', new Networks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])],
  ['a link-local address', new Networks(['169.254.0.0/16', 'fe80::/10'])],
  ['an address shared behind a carrier (RFC 6598)', new Networks(['100.64.0.0/10'])],
  ['a multicast address', new Networks(['224.0.0.0/4', 'ff00::/8'])],
  [
    'a reserved address',
    new Networks([
      '0.0.0.0/8',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.88.99.0/24',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '240.0.0.0/4',
      '2001::/23',
      '2001:db8::/32',
      '3fff::/20',
    ]),
  ],
];
const handedOut = new Networks(['2000::/3']);

// Instance and container credentials on AWS; metadata of other clouds, which a broker has no business with either.
const metadata = new Networks([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  'fd00:ec2::23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd20:ce::254',
]);

// IPv4 in other clothes: mapped, compatible, translated (RFC 7915), NAT64 for local use (RFC 8215), Teredo, 6to4. Whoever
// means an IPv4 address can write it. The well-known NAT64 prefix is apart: networks without IPv4 need it.
const disguised = new Networks([
  '::ffff:0:0/96',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
]);
const unspecified = new Networks(['0.0.0.0', '::']);
const nat64 = new Networks(['64:ff9b::/96']);

/** Whether an address is this machine's own, 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return loopback.has(address);
}

/**
 * What stands against calling `address`, such as `a private address`, or null when it may be called: it is public, or in a
 * network of `listed`. Some are not called even then, see `neverCalled`. What is no IP address is not called.
 */
export function againstAddress(address: string, listed: Networks): string | null {
  if (isIP(address) === 0 || address.includes('%')) return 'no plain IP address';
  const never = neverCalled(address);
  if (never !== null) return never;
  if (nat64.has(address)) {
    if (!listed.has(address)) return 'an IPv4 address behind NAT64';
    return againstAddress(embeddedIPv4(address), listed);
  }
  if (listed.has(address)) return null;
  const found = special.find(([, networks]) => networks.has(address));
  if (found !== undefined) return found[0];
  return isIP(address) === 4 || handedOut.has(address) ? null : 'a reserved address';
}

/** What is never called, listed or not: metadata services, `0.0.0.0` and `::`, IPv4 addresses dressed up as IPv6. Null for all else. */
function neverCalled(address: string): string | null {
  if (metadata.has(address)) return 'a metadata service';
  if (unspecified.has(address)) return 'an address that means any';
  if (disguised.has(address) && !loopback.has(address)) return 'an IPv4 address written as IPv6';
  return null;
}

// The last 32 bits (RFC 6052, 2.2, for a prefix of 96). A URL writes the address in its shortest form, groups in hex.
function embeddedIPv4(address: string): string {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2);
  return groups
    .map((group) => Number.parseInt(group === '' ? '0' : group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/**
 * What is wrong with one entry of the operator's list, or null. Wide networks are refused, as a list of everything is no
 * list; so are entries that would have no effect.
 */
export function againstEntry(text: string): string | null {
  const network = parseNetwork(text);
  if (network === null) return 'is neither an IP address nor a network such as 10.20.0.0/16';
  if (network.prefix < (network.family === 4 ? 8 : 7)) return 'is too wide: list the networks that are meant';
  const never = neverCalled(network.address);
  return never === null ? null : `is ${never}, which is never called`;
}
