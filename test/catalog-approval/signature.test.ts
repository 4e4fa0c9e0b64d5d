import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checks } from '../../src/config-checks.ts';
import { catalogOf, type House, startHouse, versionOf } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await startHouse();
});
afterEach(() => house.stop());

const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const pem = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const keys = checks([]).signingKeys('CATALOG_SIGNING_KEYS', pem);
const signed = (text: string, by = ours) =>
  `${sign(null, Buffer.from(text), by.privateKey).toString('base64')}\n`;
const trust = { mode: 'signature', keys } as const;

test('the first catalog needs a signature, too', async () => {
  await expect(house.start({ trust })).rejects.toMatchObject({
    problems: [{ message: expect.stringContaining('no signature') as string }],
  });
  const text = catalogOf(1);
  await expect(house.start({ trust, signature: signed(text, theirs) })).rejects.toThrow();
  const here = await house.start({ trust, text, signature: signed(text) });
  expect(here.keeper.current().version).toBe(versionOf(1));
  expect(await house.inForce()).toEqual([{ version: versionOf(1), basis: 'signature' }]);
});

test.each([
  ['empty', () => ''],
  ['of another key', () => signed(catalogOf(2), theirs)],
  ['of other bytes', () => signed(`${catalogOf(2)}\n`)],
  ['cut off', () => signed(catalogOf(2)).slice(0, 40)],
  ['with more after it', () => `${signed(catalogOf(2))}x`],
])('a signature that is no good changes nothing: %s', async (_what, signature) => {
  const text = catalogOf(1);
  const here = await house.start({ trust, text, signature: signed(text) });
  await here.change(catalogOf(2), signature());
  expect(here.keeper.current().version).toBe(versionOf(1));
  expect(here.keeper.file().problems).toHaveLength(1);
  expect(await house.kinds()).toEqual(['catalog.loaded', 'catalog.refused']);
  // The right signature, later and beside the same file.
  await here.change(catalogOf(2), signed(catalogOf(2)));
  expect(here.keeper.current().version).toBe(versionOf(2));
});

test('signed bytes count once: an old file does not come back by itself', async () => {
  const text = catalogOf(1);
  const here = await house.start({ trust, text, signature: signed(text) });
  await here.change(catalogOf(2), signed(catalogOf(2)));
  await here.change(text, signed(text));
  expect(here.keeper.current().version).toBe(versionOf(2));
  expect(here.keeper.file().problems[0]?.message).toContain('sign anew');
  const old = await house.start({ trust, text, signature: signed(text) });
  expect(old.keeper.current().version).toBe(versionOf(2));
  const anew = `# back again\n${text}`;
  await here.change(anew, signed(anew));
  expect(here.keeper.current().version).toBe(versionOf(1));
});

test('where operators decide, a good signature does too; without one they are asked', async () => {
  const here = await house.start({ trust: { mode: 'two-operators', keys } });
  await here.change(catalogOf(2), signed(catalogOf(2), theirs));
  expect(here.keeper.current().version).toBe(versionOf(1));
  await here.change(catalogOf(2), signed(catalogOf(2)));
  expect(here.keeper.current().version).toBe(versionOf(2));
  const { rows } = await house.root.query('SELECT state FROM catalog_proposals');
  expect(rows).toEqual([{ state: 'superseded' }]);
  expect((await house.inForce()).map(({ basis }) => basis)).toEqual(['first', 'signature']);
});

test('keys are read as PEM, as its base64 and as 32 bytes; a private key, another kind and junk are refused', () => {
  const der = ours.publicKey.export({ type: 'spki', format: 'der' });
  const problems: string[] = [];
  const read = checks(problems).signingKeys(
    'K',
    [pem, der.toString('base64'), der.subarray(-32).toString('base64')].join(','),
  );
  expect(problems).toEqual([]);
  expect(new Set(read.map(({ id }) => id)).size).toBe(1);
  const others = [
    ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ours.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'junk!',
    'anVuaw==',
  ];
  for (const other of others) {
    const found: string[] = [];
    expect(checks(found).signingKeys('K', other)).toEqual([]);
    expect(found).toHaveLength(1);
    expect(found[0]).not.toContain(other);
  }
});
