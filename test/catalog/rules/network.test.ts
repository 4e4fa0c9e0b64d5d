import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, parseAddress, parseNetwork } from '../../../src/catalog/rules/network.ts';

const inside = (network: string, address: string) => {
  const [range, found] = [parseNetwork(network), parseAddress(address)];
  if ('fault' in range || found === null) throw new Error(`${network} ${address}`);
  return contains(range, found);
};

test('addresses of both families are in the networks that hold them', () => {
  expect(inside('203.0.113.0/24', '203.0.113.255')).toBe(true);
  expect(inside('203.0.113.0/24', '203.0.114.0')).toBe(false);
  expect(inside('203.0.113.7/32', '203.0.113.7')).toBe(true);
  expect(inside('2001:db8::/33', '2001:db8:7fff:ffff::1')).toBe(true);
  expect(inside('2001:db8::/33', '2001:db8:8000::1')).toBe(false);
  expect(inside('::1/128', '0:0:0:0:0:0:0:1')).toBe(true);
});

test('IPv4 that is mapped into IPv6 is IPv4, and no address is in a network of the other family', () => {
  expect(inside('203.0.113.0/24', '::ffff:203.0.113.9')).toBe(true);
  expect(inside('203.0.113.0/24', '::ffff:cb00:7109')).toBe(true);
  expect(inside('::/1', '203.0.113.9')).toBe(false);
});

const part = fc.constantFrom('0', '1', '00', '255', '256', 'ffff', 'FF', '12345', '1.2.3.4', '', 'g', '%0');
const addressLike = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.array(part, { maxLength: 9 }).map((parts) => parts.join(':')),
  fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.')),
  fc.string({ maxLength: 20 }),
);

test('what is an address agrees with Node, which also takes zones', () => {
  fc.assert(
    fc.property(addressLike, (text) => {
      expect(parseAddress(text) !== null).toBe(isIP(text) !== 0 && !text.includes('%'));
    }),
    { numRuns: 2000 },
  );
});

test('what is in a network agrees with Node', () => {
  const pair = fc.oneof(
    fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32)),
    fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128)),
  );
  fc.assert(
    fc.property(pair, ([base, address, bits]) => {
      const network = parseNetwork(`${base}/${bits}`);
      const found = parseAddress(address);
      // Mapped addresses are IPv4 here.
      fc.pre(
        !('fault' in network) &&
          found !== null &&
          isIP(base) === network.family &&
          isIP(address) === found.family,
      );
      const list = new BlockList();
      const type = network.family === 4 ? 'ipv4' : 'ipv6';
      list.addSubnet(base, bits, type);
      expect(contains(network, found)).toBe(list.check(address, type));
      expect(contains(network, network)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
