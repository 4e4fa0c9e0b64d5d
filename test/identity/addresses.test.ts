import { expect, test } from 'vitest';
import { loopbackRedirect } from '../../src/identity/loopback.ts';
import { isCodeChallenge, verifierHolds } from '../../src/identity/pkce.ts';
import { safeReturnTo } from '../../src/identity/return-to.ts';
import { challenge, verifier } from './world.ts';

test.each([
  ['/', '/'],
  ['/requests/req_1?tab=a&b=%2F%2Fevil#top', '/requests/req_1?tab=a&b=%2F%2Fevil#top'],
  ['/a/../b', '/b'],
  ['/%5Cevil.example', '/%5Cevil.example'],
])('a page of ours can be returned to: %s', (text, expected) => {
  expect(safeReturnTo(text)).toBe(expected);
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/a b',
  '/\u0000',
  'javascript:alert(1)',
  'evil.example',
  '@evil.example',
  '?x',
  '',
  `/${'a'.repeat(2_048)}`,
])('an address that could leave Daypass is refused: %j', (text) => {
  expect(safeReturnTo(text)).toBeNull();
});

test.each(['http://127.0.0.1:1/', 'http://127.0.0.1:65535/callback', 'http://[::1]:8080/a/b-c'])(
  'a loopback address with any port is a redirect address: %s',
  (text) => {
    expect(loopbackRedirect(text)?.href).toBe(text);
  },
);

test.each([
  'https://127.0.0.1:8080/',
  'http://127.0.0.1/',
  'http://127.0.0.1:0/',
  'http://127.0.0.1:65536/',
  'http://127.0.0.1:8080',
  'http://localhost:8080/',
  'http://127.0.0.2:8080/',
  'http://127.1:8080/',
  'http://0x7f000001:8080/',
  'http://127.0.0.1.evil.example:8080/',
  'http://127.0.0.1:8080@evil.example/',
  'http://evil.example@127.0.0.1:8080/',
  'http://127.0.0.1:8080/?x=1',
  'http://127.0.0.1:8080/#x',
  'http://127.0.0.1:8080/\\evil',
  ' http://127.0.0.1:8080/',
  'http://127.0.0.1:8080/\n',
  'HTTP://127.0.0.1:8080/',
  '',
])('anything else is not: %j', (text) => {
  expect(loopbackRedirect(text)).toBeNull();
});

test('only the verifier that a challenge was made of holds', () => {
  expect(isCodeChallenge(challenge)).toBe(true);
  expect(isCodeChallenge(`${challenge}=`)).toBe(false);
  expect(verifierHolds(verifier, challenge)).toBe(true);
  expect(verifierHolds(`${verifier}v`, challenge)).toBe(false);
  expect(verifierHolds(challenge, challenge)).toBe(false);
  expect(verifierHolds('', challenge)).toBe(false);
  // RFC 7636, appendix B.
  expect(
    verifierHolds(
      'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    ),
  ).toBe(true);
});
