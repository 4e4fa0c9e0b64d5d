import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EvilIdp, startEvilIdp } from './evil-idp.ts';
import { startWorld, type World } from './world.ts';

let idp: EvilIdp;
let world: World;
beforeAll(async () => {
  idp = await startEvilIdp('daypass');
  world = await startWorld({ issuer: idp.issuer });
});
afterAll(async () => {
  await world.stop();
  await idp.stop();
});

describe('where to go after signing in', () => {
  test.each([
    'https://evil.example',
    'http://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\nLocation: https://evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/%2e%2e//evil.example',
    '//daypass.test@evil.example',
    'https:evil.example',
    'https:/evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'evil.example',
    '?next=//evil.example',
    '@evil.example',
    '.evil.example',
    ':443',
    '/\u00a0/evil.example',
    ' //evil.example',
    '\u0000//evil.example',
    '/\u0000/evil.example',
    '\u2028//evil.example',
    '\uff0f\uff0fevil.example',
    `/${'a'.repeat(3_000)}`,
  ])('%j never leads away', async (returnTo) => {
    const start = await world.app.inject({ url: `/login?${new URLSearchParams({ returnTo }).toString()}` });
    if (start.statusCode === 400) return;
    const at = new URL(String(start.headers.location));
    idp.answerWith(at.searchParams.get('nonce') ?? '', ({ sign }) => sign());
    const cookie = String(start.headers['set-cookie']).split(';')[0] ?? '';
    const back = await world.app.inject({
      url: `/oauth/callback?code=c&state=${at.searchParams.get('state')}`,
      headers: { cookie },
    });
    expect(back.statusCode).toBe(303);
    const location = String(back.headers.location);
    // As a browser reads it, from the page that it is on.
    expect(new URL(location, 'https://daypass.test/oauth/callback').origin).toBe('https://daypass.test');
    expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
  });

  test.each([
    'https://evil.example/callback',
    'http://evil.example:80/',
    'http://localhost:8080/callback',
    'http://127.0.0.1.evil.example:80/',
    'http://127.0.0.1:80@evil.example/',
    'http://user@127.0.0.1:80/',
    'http://127.1:80/',
    'http://2130706433:80/',
    'http://0x7f.0.0.1:80/',
    'http://[::ffff:127.0.0.1]:80/',
    'http://127.0.0.1:99999/',
    'http://127.0.0.1:80/\\evil.example',
    'http://127.0.0.1:80/?a=b',
    'http://127.0.0.1:80/#x',
    'http://127.0.0.1/',
    'https://127.0.0.1:80/',
    'daypass://callback',
    'javascript:alert(1)',
  ])('the command line cannot have its answer sent to %s', async (redirectUri) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'daypass-cli',
      redirect_uri: redirectUri,
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    const answer = await world.app.inject({ url: `/oauth/authorize?${query.toString()}` });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers.location).toBeUndefined();
  });
});
