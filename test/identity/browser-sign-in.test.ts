import { afterAll, beforeAll, expect, test } from 'vitest';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import { authenticate } from '../../src/identity/authenticate.ts';
import { formToken } from '../../src/identity/form-token.ts';
import { sweepSignIns } from '../../src/identity/sweep-sign-ins.ts';
import { sessionCookieName, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Walks to the point where the identity provider sends the browser back, and stops before that. */
async function callbackAddress(path = '/login?returnTo=/done', browser = world.browser()) {
  const page = await browser.get(world.url + path);
  const stop = { stopAt: `${world.url}/oauth/callback` };
  const back = await signInAtIdp(browser, page, 'engineer', 'password', stop);
  return { browser, url: new URL(back.url) };
}

test('somebody who signs in is known, with the assurance and groups that the provider told', async () => {
  const browser = world.browser();
  const page = await world.signIn(browser, 'auditor', 'otp', '/login?returnTo=/requests?x=1');
  expect(page.url).toBe(`${world.url}/requests?x=1`);
  const caller = await world.callerOf(browser);
  expect(caller).toMatchObject({
    name: 'Audrey Auditor',
    groups: ['daypass-auditors'],
    isAuditor: true,
    isOperator: false,
    assurance: { level: 'multi-factor' },
    via: 'browser',
  });
  const events = await world.events('signin.succeeded');
  expect(events.filter((event) => (event['actor'] as { id: string }).id === caller?.personId)).toHaveLength(
    1,
  );
});

test('the session cookie is Secure, HttpOnly, SameSite and bound to the host, and no answer is cached', async () => {
  const { browser, url } = await callbackAddress();
  const cookie = browser.cookies.header(url) ?? '';
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const set = answer.headers.getSetCookie().find((line) => line.startsWith(`${sessionCookieName}=`)) ?? '';
  expect(set.split('; ').slice(1).toSorted()).toEqual(
    ['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax', 'Secure'].toSorted(),
  );
});

test('the token is kept as a hash only', async () => {
  const browser = world.browser();
  await world.signIn(browser, 'engineer', 'password');
  const token = browser.cookies.get(world.url, sessionCookieName) ?? '';
  const { rows } = await world.pool.raw.query('SELECT s::text AS row FROM sign_ins s');
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(token).toMatch(/^dpb_.{43}$/);
});

test('a callback counts once', async () => {
  const { browser, url } = await callbackAddress();
  const cookie = browser.cookies.header(url) ?? '';
  const look = await fetch(url, { method: 'HEAD', headers: { cookie }, redirect: 'manual' });
  expect(look.status).toBe(404);
  expect((await browser.get(url)).url).toBe(`${world.url}/done`);
  world.counted.length = 0;
  const again = await browser.get(url);
  expect(again.body).toContain('sign_in_failed');
  expect(world.counted).toEqual(['signin.no_attempt']);
});

test('two callbacks at once: one signs in', async () => {
  const { browser, url } = await callbackAddress();
  const cookie = browser.cookies.header(url) ?? '';
  const send = () => fetch(url, { headers: { cookie }, redirect: 'manual' });
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.map((answer) => String(answer.status)).toSorted()).toEqual(['303', '400', '400']);
});

test("an answer in another browser does not count, and leaves the first browser's attempt alone", async () => {
  const { browser, url } = await callbackAddress();
  const other = world.browser();
  await other.get(`${world.url}/login`, { stopAt: world.idp.issuer });
  expect((await other.get(url)).body).toContain('sign_in_failed');
  expect((await world.browser().get(url)).body).toContain('sign_in_failed');
  expect((await browser.get(url)).url).toBe(`${world.url}/done`);
});

test('two tabs can sign in at once', async () => {
  const browser = world.browser();
  const first = await callbackAddress('/login?returnTo=/one', browser);
  const stop = { stopAt: `${world.url}/oauth/callback` };
  const second = await browser.get(`${world.url}/login?returnTo=/two`, stop);
  expect((await browser.get(first.url)).url).toBe(`${world.url}/one`);
  expect((await browser.get(second.url)).url).toBe(`${world.url}/two`);
});

test.each([
  ['state', 'forged'],
  ['iss', 'https://evil.example'],
  ['code', 'forged'],
])('a callback with a forged %s signs nobody in and writes no event', async (name, value) => {
  const { browser, url } = await callbackAddress();
  url.searchParams.set(name, value);
  const before = await world.events('signin.failed');
  expect((await browser.get(url)).body).toContain('sign_in_failed');
  expect(await world.callerOf(browser)).toBeNull();
  expect(await world.events('signin.failed')).toEqual(before);
});

test.each(['iss', 'code', 'state'])('a callback without %s signs nobody in', async (name) => {
  const { browser, url } = await callbackAddress();
  url.searchParams.delete(name);
  expect((await browser.get(url)).body).toContain('sign_in_failed');
  expect(await world.callerOf(browser)).toBeNull();
});

test.each(['iss', 'code', 'state'])('a callback with two of %s signs nobody in', async (name) => {
  const { browser, url } = await callbackAddress();
  url.searchParams.append(name, url.searchParams.get(name) ?? '');
  expect((await browser.get(url)).body).toContain('sign_in_failed');
  expect(await world.callerOf(browser)).toBeNull();
});

test('an attempt is too old after ten minutes', async () => {
  const { browser, url } = await callbackAddress();
  // Sent by hand: the browser's own cookie would be gone by then.
  const cookie = browser.cookies.header(url) ?? '';
  world.move(601);
  const late = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  expect(late.status).toBe(400);
});

test('the sweep clears away sign-ins that nobody finished in time, and no others', async () => {
  await callbackAddress();
  world.move(601);
  const { browser, url } = await callbackAddress();
  await sweepSignIns(world.deps);
  const { rows } = await world.pool.raw.query('SELECT 1 FROM sign_in_attempts');
  expect(rows).toHaveLength(1);
  expect((await browser.get(url)).url).toBe(`${world.url}/done`);
});

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/%09/evil.example/%0a'])(
  'nobody is sent on to %s',
  async (target) => {
    const encoded = target.includes('%') ? target : encodeURIComponent(target);
    const answer = await fetch(`${world.url}/login?returnTo=${encoded}`, { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('invalid_input');
  },
);

test.each(['level=root', 'maxAge=soon', 'maxAge=-1', 'maxAge=1&maxAge=2'])(
  'a step-up to %s is refused',
  async (query) => {
    const answer = await fetch(`${world.url}/login?${query}`, { redirect: 'manual' });
    expect(answer.status).toBe(400);
  },
);

test('a step-up raises the assurance, and the session before it is worth nothing', async () => {
  const browser = world.browser();
  await world.signIn(browser, 'approver', 'password');
  const before = await world.callerOf(browser);
  const old = browser.cookies.get(world.url, sessionCookieName) ?? '';
  expect(before?.assurance.level).toBe('single-factor');
  await world.signIn(browser, 'approver', 'passkey', '/login?level=multi-factor&maxAge=300&returnTo=/');
  const after = await world.callerOf(browser);
  expect(after).toMatchObject({ personId: before?.personId, assurance: { level: 'phishing-resistant' } });
  const meta = { address: null, requestId: null, client: 'browser' } as const;
  expect(await authenticate(world.deps, old, meta)).toBeNull();
  const ended = await world.events('signin.ended');
  expect(ended.map((event) => event['details'])).toContainEqual({
    signIn: before?.signInId,
    because: 'replaced',
  });
});

test('a step-up that brought too little is stored as what it is', async () => {
  const browser = world.browser();
  await world.signIn(browser, 'approver2', 'password', '/login?level=phishing-resistant');
  expect((await world.callerOf(browser))?.assurance.level).toBe('single-factor');
});

test('signing out needs the token of the form, and ends the session for good', async () => {
  const browser = world.browser();
  await world.signIn(browser, 'engineer', 'password');
  const caller = await world.callerOf(browser);
  const token = browser.cookies.get(world.url, sessionCookieName) ?? '';
  const forged: Record<string, string>[] = [
    {},
    { formToken: 'forged' },
    { formToken: formToken(world.deps.masterKey, 'sgn_other') },
  ];
  for (const field of forged) {
    const answer = await browser.post(`${world.url}/logout`, field);
    expect(answer.body).toContain('forbidden');
  }
  expect(await world.callerOf(browser)).not.toBeNull();
  const form = { formToken: formToken(world.deps.masterKey, caller?.signInId ?? '') };
  await browser.post(`${world.url}/logout`, form);
  expect(browser.cookies.get(world.url, sessionCookieName)).toBeUndefined();
  const meta = { address: null, requestId: null, client: 'browser' } as const;
  expect(await authenticate(world.deps, token, meta)).toBeNull();
});
