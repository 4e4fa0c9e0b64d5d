import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { MasterKey } from '../../src/keys/master-key.ts';
import { Secret } from '../../src/keys/secret.ts';

const one = MasterKey.parse(Buffer.alloc(32, 1).toString('base64'));
const two = MasterKey.parse(Buffer.alloc(32, 2).toString('base64'));

test('a secret shows itself to reveal() alone', () => {
  const value = { deep: { credentials: new Secret('hunter2') } };
  for (const shown of [JSON.stringify(value), inspect(value, { depth: 9 }), String(value.deep.credentials)]) {
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('hunter2');
  }
  expect(value.deep.credentials.reveal()).toBe('hunter2');
});

test.each(['', 'short', Buffer.alloc(31).toString('base64'), '*'.repeat(44)])(
  '%j is refused as master key without being repeated',
  (text) => {
    expect(() => MasterKey.parse(text)).toThrow(/32 random bytes/);
  },
);

test('keys of different purposes and masters differ', () => {
  expect(one.derive('audit-mac').equals(one.derive('totp-seed'))).toBe(false);
  expect(one.derive('audit-mac').equals(two.derive('audit-mac'))).toBe(false);
  expect(one.keyId('audit-mac')).not.toBe(two.keyId('audit-mac'));
});

test('what was sealed opens only with the same key, purpose and context, unchanged', () => {
  const sealed = one.seal('totp-seed', 'prs_1', Buffer.from('seed'));
  expect(one.open('totp-seed', 'prs_1', sealed).toString()).toBe('seed');
  expect(() => two.open('totp-seed', 'prs_1', sealed)).toThrow();
  expect(() => one.open('sign-in', 'prs_1', sealed)).toThrow();
  expect(() => one.open('totp-seed', 'prs_2', sealed)).toThrow();
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
    expect(() => one.open('totp-seed', 'prs_1', changed)).toThrow();
  }
});
