// By hand and not through node:net, which the pure core does without.

/** An IP address as a number of 32 or 128 bits. One that is IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2) is IPv4. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** An address of the network, and how many of its leading bits all addresses of it share. */
export interface Network extends Address {
  readonly bits: number;
}

/** Null when the text is no IP address. A zone (`%eth0`) makes it none. */
export function parseAddress(text: string): Address | null {
  const four = parseFour(text);
  if (four !== null) return { family: 4, value: four };
  const six = parseSix(text);
  if (six === null) return null;
  return six >> 32n === 0xffffn ? { family: 4, value: six & 0xffffffffn } : { family: 6, value: six };
}

/** The network, or what is wrong with it. */
export function parseNetwork(text: string): Network | { readonly fault: string } {
  const [, written = '', length = ''] = /^([^/]*)\/([0-9]{1,3})$/.exec(text) ?? [];
  const address = parseAddress(written);
  if (address === null) return { fault: 'is no network: write one such as 203.0.113.0/24' };
  if (address.family === 4 && written.includes(':')) {
    return { fault: 'is IPv4 written as IPv6: write it such as 203.0.113.0/24' };
  }
  const bits = Number(length);
  const size = sizeOf(address);
  if (bits > size) return { fault: `is no network: its length is 1 to ${size}` };
  if (bits === 0) return { fault: 'is every address: name networks of your own' };
  if (address.value & ((1n << BigInt(size - bits)) - 1n)) {
    return { fault: 'has bits set beyond its length: write the first address of the network' };
  }
  return { ...address, bits };
}

/** Whether the address lies in the network; an address of the other family never does. */
export function contains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const rest = BigInt(sizeOf(network) - network.bits);
  return network.value >> rest === address.value >> rest;
}

function sizeOf({ family }: Address): number {
  return family === 4 ? 32 : 128;
}

function parseFour(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseSix(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const last = halves.length - 1;
  const groups = halves.map((half, index) => groupsOf(half, index === last));
  const [head, tail] = groups;
  if (head === undefined || head === null || tail === null) return null;
  const written = head.length + (tail?.length ?? 0);
  if (tail === undefined ? written !== 8 : written > 7) return null;
  const all = [...head, ...Array.from({ length: 8 - written }, () => 0n), ...(tail ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as IPv4 where the address ends. */
function groupsOf(text: string, ends: boolean): bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const four = ends && text.includes('.') ? parseFour(parts.pop() ?? '') : undefined;
  if (four === null) return null;
  const groups: bigint[] = [];
  for (const part of parts) {
    if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return null;
    groups.push(BigInt(`0x${part}`));
  }
  return four === undefined ? groups : [...groups, four >> 16n, four & 0xffffn];
}
