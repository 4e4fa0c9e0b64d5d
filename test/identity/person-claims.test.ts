import { expect, test } from 'vitest';
import { personFromClaims } from '../../src/identity/person-claims.ts';

const base = { iss: 'https://idp.example', sub: 'u-1' };
const groupsOf = (groups: unknown) => personFromClaims({ ...base, roles: groups }, 'roles')?.groups;

test.each([
  ['a list', ['a', 'b', 'a'], ['a', 'b']],
  ['one string', 'a', ['a']],
  ['an object', { a: true }, []],
  ['a number', 7, []],
  ['nothing', undefined, []],
  ['a list with other things in it', ['a', 1, null, ['b'], ''], ['a']],
  ['names that are too long', ['a'.repeat(256), 'b'.repeat(257)], ['a'.repeat(256)]],
  ['names with control characters', ['a\u0000', 'b\n', 'c'], ['c']],
])('groups from %s are the strings in it, or none', (_name, claim, expected) => {
  expect(groupsOf(claim)).toEqual(expected);
});

test('no more than a thousand groups are taken', () => {
  expect(groupsOf(Array.from({ length: 1_500 }, (_, n) => `g${n}`))).toHaveLength(1_000);
});

test('a subject that cannot be a key is nobody', () => {
  expect(personFromClaims({ ...base, sub: '' }, 'groups')).toBeNull();
  expect(personFromClaims({ ...base, sub: 'a\u0000b' }, 'groups')).toBeNull();
  expect(personFromClaims({ ...base, sub: 'a'.repeat(256) }, 'groups')).toBeNull();
  expect(personFromClaims({ ...base, sub: 7 }, 'groups')).toBeNull();
});

test('names are shown without characters that could disguise them', () => {
  const person = personFromClaims({ ...base, name: ' Eve\u202e\u0000 Adams ', email: 5 }, 'groups');
  expect(person).toMatchObject({ name: 'Eve Adams', email: null });
});
