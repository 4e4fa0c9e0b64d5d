import fc from 'fast-check';
import { expect, test } from 'vitest';
import { againstAddress, againstEntry } from '../../src/egress/addresses.ts';
import { Networks } from '../../src/egress/networks.ts';

const nothing = new Networks([]);

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['10.0.0.0', 'private'],
  ['10.255.255.255', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['fc00::1', 'private'],
  ['fdff:ffff::1', 'private'],
  ['169.254.0.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fe80::1%eth0', 'no plain'],
  ['100.64.0.1', 'shared'],
  ['100.127.255.255', 'shared'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['ff02::1', 'multicast'],
  ['0.0.0.0', 'means any'],
  ['0.1.2.3', 'reserved'],
  ['::', 'means any'],
  ['192.0.0.8', 'reserved'],
  ['192.0.2.1', 'reserved'],
  ['192.88.99.1', 'reserved'],
  ['198.18.0.1', 'reserved'],
  ['198.19.255.255', 'reserved'],
  ['198.51.100.7', 'reserved'],
  ['203.0.113.9', 'reserved'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['169.254.169.254', 'metadata'],
  ['169.254.170.2', 'metadata'],
  ['169.254.170.23', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fd00:ec2:0:0::23', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['::ffff:127.0.0.1', 'written as IPv6'],
  ['::ffff:a9fe:a9fe', 'written as IPv6'],
  ['::ffff:8.8.8.8', 'written as IPv6'],
  ['0:0:0:0:0:FFFF:7F00:1', 'written as IPv6'],
  ['::127.0.0.1', 'written as IPv6'],
  ['::ffff:0:127.0.0.1', 'written as IPv6'],
  ['64:ff9b:1::7f00:1', 'written as IPv6'],
  ['2002:7f00:1::1', 'written as IPv6'],
  ['2001:0:7f00:1::1', 'written as IPv6'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b::808:808', 'NAT64'],
  ['2001:db8::1', 'reserved'],
  ['2001:10::1', 'reserved'],
  ['3fff::1', 'reserved'],
  ['fec0::1', 'reserved'],
  ['100::1', 'reserved'],
  ['5f00::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['::2:0:0:0:1', 'reserved'],
  ['localhost', 'no plain'],
  ['0x7f000001', 'no plain'],
  ['', 'no plain'],
])('%s is not called: %s', (address, why) => {
  expect(againstAddress(address, nothing)).toContain(why);
});

test.each([
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.1',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2606:4700::1111',
  '2a00:1450::1',
])('%s is public', (address) => {
  expect(againstAddress(address, nothing)).toBeNull();
});

test('what the operator lists may be called, and nothing beside it', () => {
  const listed = new Networks(['10.20.0.0/16', 'fd12:3456::/32', '127.0.0.1', '169.254.0.0/16']);
  for (const address of ['10.20.0.1', '10.20.255.255', 'fd12:3456::7', '127.0.0.1', '169.254.1.1'])
    expect(againstAddress(address, listed), address).toBeNull();
  for (const address of ['10.21.0.1', '10.19.255.255', 'fd12:3457::7', '127.0.0.2', '::1'])
    expect(againstAddress(address, listed), address).not.toBeNull();
});

test('metadata services and disguises are not called even where a list covers them', () => {
  const listed = new Networks(['169.254.0.0/16', '100.64.0.0/10', 'fd00::/8', '::ffff:0:0/96', '2002::/16']);
  for (const address of ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '100.100.100.200'])
    expect(againstAddress(address, listed), address).toBe('a metadata service');
  for (const address of ['::ffff:10.0.0.1', '2002:a00:1::1'])
    expect(againstAddress(address, listed), address).toContain('written as IPv6');
  expect(againstAddress('10.0.0.1', listed)).toBe('a private address');
});

test('behind a listed NAT64 the IPv4 address inside is judged', () => {
  const listed = new Networks(['64:ff9b::/96', '10.20.0.0/16']);
  expect(againstAddress('64:ff9b::808:808', listed)).toBeNull();
  expect(againstAddress('64:ff9b::8.8.0.0', listed)).toBeNull();
  expect(againstAddress('64:ff9b::10.20.0.1', listed)).toBeNull();
  expect(againstAddress('64:ff9b::10.21.0.1', listed)).toBe('a private address');
  expect(againstAddress('64:ff9b::1', listed)).toBe('a reserved address');
  expect(againstAddress('64:ff9b::', listed)).toBe('an address that means any');
  expect(againstAddress('64:ff9b::a9fe:a9fe', listed)).toBe('a metadata service');
});

test.each([
  ['idp.example', 'neither'],
  ['10.0.0.0/33', 'neither'],
  ['10.0.0.0/', 'neither'],
  ['010.0.0.1', 'neither'],
  ['fe80::1%eth0', 'neither'],
  ['[::1]', 'neither'],
  ['0.0.0.0/0', 'too wide'],
  ['::/0', 'too wide'],
  ['8.0.0.0/7', 'too wide'],
  ['169.254.169.254', 'never called'],
  ['fd00:ec2::254/128', 'never called'],
  ['::ffff:10.0.0.0/104', 'never called'],
])('the entry %s is refused: %s', (entry, why) => {
  expect(againstEntry(entry)).toContain(why);
});

test('every address of 127.0.0.0/8 and of the private networks is refused, whatever else is public', () => {
  const networks = [
    [0x7f000000, 24],
    [0x0a000000, 24],
    [0xac100000, 20],
    [0xc0a80000, 16],
    [0xa9fe0000, 16],
    [0x64400000, 22],
    [0xe0000000, 28],
  ] as const;
  const inside = fc
    .constantFrom(...networks)
    .chain(([base, bits]) => fc.integer({ min: 0, max: 2 ** bits - 1 }).map((host) => base + host));
  fc.assert(
    fc.property(inside, (number) => {
      const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
      expect(againstAddress(address, nothing)).not.toBeNull();
    }),
    { numRuns: 2000 },
  );
});
