import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada <script>', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
});
afterAll(() => world.stop());

const see = (url: string, who: Persona) => world.app.inject({ url, headers: { cookie: who.cookie } });
const send = (
  url: string,
  who: Persona,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  app = world.app,
) =>
  app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: who.cookie, ...headers },
  });
const form = (who: Persona, reason = 'Disk full') => ({
  formToken: who.formToken,
  entitlement: 'prod/admin',
  duration: '15m',
  reason,
  ticket: '',
  idempotencyKey: crypto.randomUUID(),
});
async function asked(): Promise<{ id: string; digest: string }> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/requests',
    payload: { ...ask, reason: `<b>bold</b> ${crypto.randomUUID()}` },
    headers: bearer(engineer),
  });
  return answer.json();
}

describe('the pages', () => {
  test('show strangers a way in and nothing else', async () => {
    const page = await world.app.inject({ url: '/' });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('href="/login?returnTo=%2F"');
    expect(page.body).not.toContain('Sign out');
  });

  test('ask, approve and end, with forms alone', async () => {
    const made = await send('/requests/new', engineer, form(engineer));
    expect(made.statusCode, made.body).toBe(303);
    const url = String(made.headers.location);
    const page = await see(url, approver);
    const digest = /name="digest" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const answer = { formToken: approver.formToken, digest, decision: 'approve', comment: 'ok' };
    expect((await send(`${url}/review`, approver, answer)).statusCode).toBe(303);
    const home = await see('/', engineer);
    const end = /action="(\/grants\/[^"]+\/end)"/.exec(home.body)?.[1] ?? '';
    expect((await send(end, engineer, { formToken: engineer.formToken })).statusCode).toBe(303);
    expect((await see(url, engineer)).body).toContain('Bob approved');
  });

  test('approve less time, after a question that was answered, and take it back', async () => {
    const { id, digest } = await asked();
    const page = await see(`/requests/${id}`, approver);
    expect(page.body).toContain('Before you answer');
    expect(page.body).toContain('name="duration" value="15m"');
    const token = { formToken: approver.formToken };
    const say = (who: Persona, as: string, text: string) =>
      send(`/requests/${id}/comment`, who, { formToken: who.formToken, as, text });
    expect((await say(approver, 'question', 'Which <host>?')).statusCode).toBe(303);
    expect((await see(`/requests/${id}`, engineer)).body).toContain('Which &lt;host&gt;?');
    expect((await see(`/requests/${id}`, engineer)).body).toContain('Open question');
    expect((await say(engineer, 'comment', 'db-7')).statusCode).toBe(303);
    expect((await see(`/requests/${id}`, approver)).body).not.toContain('Open question');
    const less = { ...token, digest, decision: 'approve', askedDuration: '15m', duration: '10m' };
    expect((await send(`/requests/${id}/review`, approver, less)).statusCode).toBe(303);
    const after = await see(`/requests/${id}`, approver);
    expect(after.body).toContain('<dd>10 min from approval</dd>');
    expect(after.body).not.toContain('Before you answer');
    // Access was made with the approval: it is ended now, and not taken back.
    expect(after.body).not.toContain('Take back my answer');
    expect((await send(`/requests/${id}/withdraw`, approver, token)).statusCode).toBe(409);
    expect(after.body).toContain('End now');
  });

  test('approve only what is ticked, and never nothing', async () => {
    const made = await world.app.inject({
      method: 'POST',
      url: '/v1/requests',
      payload: { ...ask, entitlements: ['prod/admin', 'prod/strict'] },
      headers: bearer(engineer),
    });
    const { id, digest } = made.json<{ id: string; digest: string }>();
    const answer = { formToken: approver.formToken, digest, decision: 'approve', parts: '2' };
    expect((await send(`/requests/${id}/review`, approver, answer)).statusCode).toBe(400);
    expect(
      (await send(`/requests/${id}/review`, approver, { ...answer, only: 'prod/strict' })).statusCode,
    ).toBe(303);
    expect((await see(`/requests/${id}`, approver)).body).toContain('Request for prod/strict</h1>');
  });

  test('show what people wrote as text, never as markup', async () => {
    const { id } = await asked();
    const page = await see(`/requests/${id}`, approver);
    expect(page.body).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(page.body).toContain('Ada &lt;script&gt;');
    expect(page.body).toContain('Administrator &lt;of&gt; &quot;everything&quot;');
    expect(page.body).not.toContain('<script');
  });

  test('forbid scripts, framing and foreign forms, and are kept by nobody', async () => {
    const page = await see('/', engineer);
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none';style-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
    );
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  test('have a language, one first heading, a label for every field and a token in every form', async () => {
    const { id } = await asked();
    for (const url of ['/', '/requests/new', `/requests/${id}`]) {
      const { body } = await see(url, approver.id === id ? approver : engineer);
      expect(body).toContain('<html lang="en">');
      expect(body.match(/<h1>/g)).toHaveLength(1);
      for (const [, field] of body.matchAll(/<(?:input(?! type="hidden")|select|textarea) id="([^"]+)"/g)) {
        expect(body).toContain(`<label for="${field}">`);
      }
      const forms = body.match(/<form/g)?.length ?? 0;
      expect(body.match(/name="formToken"/g)).toHaveLength(forms);
    }
  });

  test('a request that is hidden, or is none, is the same 404 page', async () => {
    const { id } = await asked();
    const other = await world.person('Eve', ['others']);
    const [hidden, absent] = [
      await see(`/requests/${id}`, other),
      await see(`/requests/req_${'0'.repeat(26)}`, other),
    ];
    const withoutRequestId = (body: string) => body.replace(/request [0-9a-f-]{36}/, '');
    expect(hidden.statusCode).toBe(404);
    expect(withoutRequestId(hidden.body)).toBe(withoutRequestId(absent.body));
  });

  test('a form with a fault comes back with the fault and all that was filled in', async () => {
    const back = await send('/requests/new', engineer, {
      ...form(engineer, 'My long reason'),
      duration: '15 potatoes',
    });
    expect(back.statusCode).toBe(400);
    expect(back.body).toContain('such as 15m, 1h or 1h30m');
    expect(back.body).toContain('My long reason</textarea>');
    expect(back.body).toContain('value="15 potatoes"');
  });

  test('a review of what has changed says so with 409', async () => {
    const { id } = await asked();
    const page = await send(`/requests/${id}/review`, approver, {
      formToken: approver.formToken,
      digest: `sha256:${'0'.repeat(64)}`,
      decision: 'approve',
    });
    expect(page.statusCode).toBe(409);
    expect(page.body).toContain(`href="/requests/${id}"`);
    expect(page.body).toContain('digest_mismatch');
  });
});

describe('a form', () => {
  test.each([
    ['no token', {}],
    ['an empty token', { formToken: '' }],
    ['a made-up token', { formToken: 'x'.repeat(43) }],
  ])('with %s changes nothing', async (_what, fields) => {
    const before = (await world.events('request.submitted')).length;
    const { formToken: _, ...rest } = form(engineer);
    const answer = await send('/requests/new', engineer, { ...rest, ...fields });
    expect(answer.statusCode).toBe(403);
    expect(await world.events('request.submitted')).toHaveLength(before);
  });

  test('with somebody else’s token changes nothing', async () => {
    const answer = await send('/requests/new', engineer, form(approver));
    expect(answer.statusCode).toBe(403);
  });

  test('from another site is refused even with the right token', async () => {
    const answer = await send('/requests/new', engineer, form(engineer), { origin: 'https://evil.example' });
    expect(answer.statusCode).toBe(403);
    const again = { ...form(engineer), held: 'all-the-same' };
    const own = await send('/requests/new', engineer, again, { origin: 'https://daypass.test' });
    expect(own.statusCode).toBe(303);
  });

  test('every one that a cookie authorises is held to its token', async () => {
    const forms = world.app.servedRoutes.filter(
      (route) => route.methods.includes('POST') && /^send|^endBrowser/.test(route.operation),
    );
    expect(forms.length).toBeGreaterThanOrEqual(8);
    for (const { url } of forms) {
      const kind = url.startsWith('/grants') ? 'grt' : 'req';
      const address = url.replace(':id', `${kind}_${'0'.repeat(26)}`);
      expect((await send(address, engineer, { formToken: 'wrong' })).statusCode, url).toBe(403);
    }
  });

  test('as JSON is not taken', async () => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/requests/new',
      payload: form(engineer),
      headers: { cookie: engineer.cookie },
    });
    expect(answer.statusCode).toBe(415);
  });
});

describe('a sign-in that is too weak', () => {
  test('goes on to a stronger one by itself and comes back with the form filled in', async () => {
    const weak = await world.person('Dan', ['engineers'], 'single-factor');
    const page = await send('/requests/new', weak, {
      ...form(weak, 'why & how'),
      entitlement: 'prod/strict',
    });
    expect(page.statusCode).toBe(401);
    const to = /content="0; url=([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const url = new URL(to, 'https://daypass.test');
    expect(url.pathname).toBe('/login');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ level: 'multi-factor', maxAge: '300' });
    const form2 = await see(url.searchParams.get('returnTo') ?? '', weak);
    expect(form2.body).toContain('why &amp; how</textarea>');
    expect(form2.body).toContain('<option value="prod/strict" selected>');
  });

  test('goes to the one-time codes where Daypass has the second factor', async () => {
    const weak = await world.person('Dan', ['approvers'], 'single-factor');
    const { id, digest } = await asked();
    const { config, identity } = world.deps;
    const app = await world.server({
      config: { ...config, totpEnabled: true },
      identity: { ...identity, totpEnabled: true },
    });
    const fields = { formToken: weak.formToken, digest, decision: 'approve' };
    const page = await send(`/requests/${id}/review`, weak, fields, {}, app);
    expect(page.body).toContain(
      `content="0; url=/factors?returnTo=${encodeURIComponent(`/requests/${id}`)}"`,
    );
    const shown = await send('/factors/enrol', weak, { formToken: weak.formToken, returnTo: '/' }, {}, app);
    expect(shown.body).toContain('otpauth://totp/');
    expect(shown.headers['cache-control']).toBe('no-store');
  });

  test('there is no page of one-time codes where they are off', async () => {
    expect((await see('/factors', engineer)).statusCode).toBe(404);
  });
});
