import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAnswer } from './answers.ts';
import { type Cast, gather } from './cast.ts';
import { makeRequest } from './known.ts';
import { stateOf } from './state.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let cast: Cast;
beforeAll(async () => {
  world = await startWorld();
  cast = await gather(world);
});
afterAll(() => world.stop());

describe('a form', () => {
  const forms = [
    '/requests/new',
    '/requests/ID/review',
    '/requests/ID/cancel',
    '/requests/ID/comment',
    '/requests/ID/withdraw',
    '/grants/GRANT/end',
    '/factors/enrol',
    '/factors/confirm',
    '/factors/verify',
    '/logout',
  ];
  test.each(forms)(
    '%s is refused without its token, with a wrong one, of another sign-in, and from another site',
    async (form) => {
      const { id } = await makeRequest(world, cast.requester, 'prod/admin');
      const me = cast.requester.persona;
      const another = await world.signIn(me?.id ?? '');
      const before = await stateOf(world);
      const url = form.replace('ID', id).replace('GRANT', `grt_${'0'.repeat(26)}`);
      const tries: [Record<string, string>, Record<string, string>][] = [
        [{}, {}],
        [{ formToken: '' }, {}],
        [{ formToken: 'x'.repeat(43) }, {}],
        [{ formToken: another.formToken }, {}],
        [{ formToken: cast.operator.persona?.formToken ?? '' }, {}],
        [{ formToken: me?.formToken ?? '' }, { origin: 'https://evil.example' }],
        [{ formToken: me?.formToken ?? '' }, { origin: 'null' }],
        [{ formToken: me?.formToken ?? '' }, { origin: 'https://daypass.test.evil.example' }],
      ];
      for (const [fields, headers] of tries) {
        const answer = await world.app.inject({
          method: 'POST',
          url,
          headers: {
            cookie: me?.cookie ?? '',
            'content-type': 'application/x-www-form-urlencoded',
            ...headers,
          },
          payload: new URLSearchParams(fields).toString(),
        });
        expect(answer.statusCode, JSON.stringify([fields, headers])).toBe(403);
        checkAnswer({ status: 403, headers: answer.headers, body: answer.body }, world.secrets);
      }
      expect(await stateOf(world)).toEqual(before);
    },
  );

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'as %s, which other sites could send, is not read',
    async (type) => {
      const me = cast.requester.persona;
      const answer = await world.app.inject({
        method: 'POST',
        url: '/requests/new',
        headers: { cookie: me?.cookie ?? '', 'content-type': type },
        payload: JSON.stringify({ formToken: me?.formToken }),
      });
      expect(answer.statusCode).toBe(415);
    },
  );
});

test('every page forbids frames, scripts and sniffing, is not kept, and answers other sites nothing', async () => {
  const { id } = await makeRequest(world, cast.requester, 'prod/admin');
  const cookie = cast.requester.persona?.cookie ?? '';
  const pages = [
    '/',
    '/requests/new',
    `/requests/${id}`,
    '/factors',
    '/requests/none',
    '/login?returnTo=//x',
    '/oauth/callback',
    '/oauth/authorize',
  ];
  for (const url of pages) {
    for (const headers of [{ cookie }, {}]) {
      const answer = await world.app.inject({ url, headers: { ...headers, origin: 'https://evil.example' } });
      const policy = String(answer.headers['content-security-policy']);
      for (const rule of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
      ]) {
        expect(policy, url).toContain(rule);
      }
      expect(policy).not.toMatch(/unsafe|\*|script-src/);
      expect(answer.headers['x-frame-options'], url).toMatch(/DENY|SAMEORIGIN/);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      // The way to sign in is the same for everybody.
      if (answer.statusCode !== 303) expect(answer.headers['cache-control'], url).toContain('no-store');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.body).not.toMatch(/<script|<iframe|\son\w+=/i);
    }
  }
});
