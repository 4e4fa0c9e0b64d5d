import { BlockList, isIP } from 'node:net';

/** An address, or a network of them. `prefix` is in bits. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
}

/** Reads `10.20.0.0/16`, `fd12:3456::/32` or a single address; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const match = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  const family = isIP(address);
  if (family !== 4 && family !== 6) return null;
  const longest = family === 4 ? 32 : 128;
  const prefix = match?.[2] === undefined ? longest : Number(match[2]);
  return prefix > longest ? null : { address, prefix, family };
}

/** A set of networks. Every text must be one: throws an Error otherwise. */
export class Networks {
  // One list a family: a list of Node's that holds IPv4-mapped IPv6 networks would also match plain IPv4 addresses.
  readonly #lists = { 4: new BlockList(), 6: new BlockList() };

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const network = parseNetwork(text);
      if (network === null) throw new Error(`${text} is neither an IP address nor a network`);
      const { address, prefix, family } = network;
      this.#lists[family].addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
    }
  }

  /** False for what is no IP address, and for addresses with a zone. */
  has(address: string): boolean {
    const family = address.includes('%') ? 0 : isIP(address);
    if (family === 4) return this.#lists[4].check(address, 'ipv4');
    return family === 6 && this.#lists[6].check(address, 'ipv6');
  }
}
