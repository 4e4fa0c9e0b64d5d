import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from '../../dev/browser.ts';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import { confirmSeconds } from '../../src/identity/client-confirmation.ts';
import { authorizePath, form, redirectUri, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const stop = { stopAt: redirectUri };

/** A browser of somebody signed in at the provider, in front of the question. */
async function question(): Promise<{ browser: Browser; page: Page; token: string }> {
  const browser = world.browser();
  const page = await signInAtIdp(
    browser,
    await browser.get(world.url + authorizePath()),
    'engineer',
    'otp',
    stop,
  );
  return { browser, page, token: /name="formToken" value="([^"]+)"/.exec(page.body)?.[1] ?? '' };
}

const answer = (browser: Browser, formToken: string, from?: string) =>
  browser.post(
    `${world.url}/oauth/confirm`,
    { formToken, answer: 'continue' },
    { ...stop, ...(from === undefined ? {} : { from }) },
  );
const codes = async () => (await world.pool.raw.query('SELECT FROM authorization_codes')).rowCount;

test('a link on another site gets no code, even from somebody who is signed in at the provider', async () => {
  const { browser } = await question();
  const before = [await codes(), (await world.events('signin.succeeded')).length];
  const lured = await browser.get(world.url + authorizePath(), { ...stop, from: 'http://evil.example/' });
  expect(lured.stopped).toBe(false);
  expect(lured.status).toBe(200);
  expect(lured.body).toContain('Erin Engineer');
  expect([await codes(), (await world.events('signin.succeeded')).length]).toEqual(before);
});

test('Continue signs in the command, once', async () => {
  const { browser, page, token } = await question();
  const back = await browser.submit(page, { button: 'Continue' }, stop);
  expect(new URL(back.url).searchParams.get('code')).toMatch(/^dpc_/);
  const again = await answer(browser, token);
  expect(again.status).toBe(400);
  expect(again.body).toContain('sign_in_failed');
});

test('Cancel goes back without a code, and is recorded', async () => {
  const { browser, page, token } = await question();
  const before = await codes();
  const back = await browser.submit(page, { button: 'Cancel' }, stop);
  const parameters = new URL(back.url).searchParams;
  expect([parameters.get('error'), parameters.get('code')]).toEqual(['access_denied', null]);
  expect(parameters.get('state')).toBe('client state');
  expect((await world.events('signin.failed')).at(-1)).toMatchObject({
    actor: { type: 'person' },
    outcome: 'denied',
    details: { reason: 'declined', client: 'cli' },
  });
  expect((await answer(browser, token)).status).toBe(400);
  expect(await codes()).toBe(before);
});

test('the form counts only in the browser that was asked, from a page of ours, and with its token', async () => {
  const { browser, page, token } = await question();
  const other = (await question()).browser;
  expect((await answer(other, token)).status).toBe(400);
  expect((await answer(world.browser(), token)).status).toBe(400);
  expect((await answer(browser, token, 'http://evil.example')).status).toBe(400);
  expect((await answer(browser, 'dpq_made-up')).status).toBe(400);
  expect((await fetch(`${world.url}/oauth/confirm`, form({ answer: 'perhaps' }))).status).toBe(400);
  const back = await browser.submit(page, { button: 'Continue' }, stop);
  expect(back.stopped).toBe(true);
});

test('the token of the form is no answer of the provider', async () => {
  const { browser, page, token } = await question();
  const callback = new URLSearchParams({ state: token, code: 'x' });
  const mixed = await browser.get(`${world.url}/oauth/callback?${callback.toString()}`, stop);
  expect(mixed.status).toBe(400);
  expect((await browser.submit(page, { button: 'Continue' }, stop)).stopped).toBe(true);
});

test('the question is too old after five minutes', async () => {
  const { browser, token } = await question();
  world.move(confirmSeconds);
  expect((await answer(browser, token)).status).toBe(400);
});

test('what waits for the answer says nothing about the person in the clear', async () => {
  await question();
  const { rows } = await world.pool.raw.query<{ row: string }>(
    'SELECT sign_in_attempts::text AS row FROM sign_in_attempts',
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { row } of rows) {
    expect(row).not.toContain('Erin');
    expect(row).not.toContain(Buffer.from('Erin').toString('hex'));
  }
});
