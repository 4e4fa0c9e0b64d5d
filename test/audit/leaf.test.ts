import { expect, test } from 'vitest';
import { commitment, type Leaf, leafMac, leafMacHolds, leafText } from '../../src/audit/leaf.ts';

const leaf: Leaf = {
  v: 1,
  id: 'evt_00000000000000000000000001',
  time: '2026-11-22T12:00:00.000Z',
  kind: 'session.issued',
  outcome: 'success',
  actor: { type: 'person', id: 'prs_00000000000000000000000001' },
  details: { b: 1, a: 'ü' },
};
const key = Buffer.alloc(32, 1);

test('a leaf has one spelling: keys sorted, no blanks (RFC 8785)', () => {
  expect(leafText(leaf)).toBe(
    '{"actor":{"id":"prs_00000000000000000000000001","type":"person"},"details":{"a":"ü","b":1},"id":"evt_00000000000000000000000001","kind":"session.issued","outcome":"success","time":"2026-11-22T12:00:00.000Z","v":1}',
  );
});

test('the MAC depends on every byte and on the key', () => {
  const text = leafText(leaf);
  const mac = leafMac(key, text);
  expect(leafMacHolds(key, text, mac)).toBe(true);
  expect(leafMacHolds(key, text.replace('success', 'failure'), mac)).toBe(false);
  expect(leafMacHolds(Buffer.alloc(32, 2), text, mac)).toBe(false);
  expect(leafMacHolds(key, text, mac.subarray(0, 31))).toBe(false);
});

test('the format is fixed for ever: this vector must not change', () => {
  expect(leafMac(key, leafText(leaf)).toString('hex')).toMatchInlineSnapshot(
    `"25d4bbaf3294e326ee09618c6cc70c72538a07a49e10fc307bc2af3f75f8cc50"`,
  );
  expect(commitment('address', Buffer.alloc(16, 3), '192.0.2.7')).toMatchInlineSnapshot(
    `"jFhuKYh4NJY3FphcAD6Vc_RyTaGLVzdddQl11buO9HU"`,
  );
});

test('a commitment says nothing without its salt and binds field and value', () => {
  const salt = Buffer.alloc(16, 3);
  const one = commitment('address', salt, '192.0.2.7');
  expect(commitment('address', Buffer.alloc(16, 4), '192.0.2.7')).not.toBe(one);
  expect(commitment('comment', salt, '192.0.2.7')).not.toBe(one);
  expect(commitment('address', salt, '192.0.2.8')).not.toBe(one);
});
