import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupsRecord } from '../../src/identity/groups-record.ts';
import { personFromClaims } from '../../src/identity/person-claims.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const digest = (groups: string[]) =>
  `sha256:${createHash('sha256').update(JSON.stringify(groups.toSorted())).digest('hex')}`;

test('a sign-in records which groups it came with, and what changed since the one before', async () => {
  world.idp.nextIdToken({ claims: { groups: ['b', 'a'] } });
  await world.caller('approver');
  expect((await world.events('signin.succeeded')).at(-1)).toMatchObject({
    details: { groupsDigest: digest(['a', 'b']), groupsChanged: { added: ['a', 'b'], removed: [] } },
  });
  world.idp.nextIdToken({ claims: { groups: ['c', 'a'] } });
  await world.caller('approver');
  expect((await world.events('signin.succeeded')).at(-1)).toMatchObject({
    details: { groupsDigest: digest(['a', 'c']), groupsChanged: { added: ['c'], removed: ['b'] } },
  });
});

test('the digest does not depend on the order, and an event names at most a hundred of each', () => {
  expect(groupsRecord([], ['b', 'a'])['groupsDigest']).toBe(groupsRecord(['x'], ['a', 'b'])['groupsDigest']);
  const many = Array.from({ length: 130 }, (_, i) => `g${i}`);
  expect(groupsRecord([], many)['groupsChanged']).toMatchObject({ notNamed: 30, removed: [] });
});

test('a group name that is not well-formed text is none', () => {
  const claims = { iss: 'https://idp', sub: 's', groups: ['ok', 'broken\ud800'] };
  expect(personFromClaims(claims, 'groups')?.groups).toEqual(['ok']);
});
