import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { launchChromium } from './chromium.ts';
import { focused } from './inspect.ts';
import { askFor, patience, stateOf, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let stack: Stack;
let engineer: Visitor;
let approver: Visitor;
beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({ onStep: () => {} });
  engineer = await visitor(browser, stack.url);
  approver = await visitor(browser, stack.url);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const button = ({ page }: Visitor, name: string) => page.getByRole('button', { name, exact: true });

async function signIn(who: Visitor, user: string, method: 'password' | 'otp'): Promise<void> {
  await who.open('/');
  await who.page.getByRole('link', { name: 'Sign in' }).click();
  await who.choose(user, method);
  await who.page.getByRole('heading', { name: 'Your access' }).waitFor();
}

test('without Chromium the tests say what to install', async () => {
  await expect(launchChromium('/nowhere/chromium')).rejects.toThrow('apt-get install chromium');
});

describe('the main job in a browser', () => {
  test('signing in leaves a session cookie that scripts and other sites cannot use', async () => {
    await signIn(engineer, 'engineer', 'password');
    const cookies = await engineer.context.cookies(stack.url);
    expect(cookies.find(({ name }) => name === '__Host-daypass')).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
      domain: '127.0.0.1',
    });
  });

  test('ask; step up by itself and come back with the comment; approve by keyboard; use; end', async () => {
    const path = await askFor(engineer, 'prod/admin', 'Disk full on db-7');
    expect(await stateOf(engineer)).toBe('Waiting for approval');

    // A link from a colleague: through the sign-in and on to the request.
    await approver.open(path);
    await approver.choose('approver', 'password');
    await approver.page.waitForURL(`**${path}`);
    await approver.page.getByLabel('Comment').fill('Go ahead & fix it');
    await button(approver, 'Approve').click();
    await approver.page.waitForURL(/\/sign-in\//);
    await approver.choose('approver', 'otp');
    await approver.page.waitForURL(new RegExp(`${path}\\?.*comment=`));
    expect(await stateOf(approver)).toBe('Waiting for approval');
    expect(await approver.page.getByLabel('Comment').inputValue()).toBe('Go ahead & fix it');

    const stops: string[] = [];
    while (stops.at(-1) !== 'Approve' && stops.length < 15) {
      await approver.page.keyboard.press('Tab');
      stops.push(await focused(approver.page));
    }
    expect(stops).toEqual([
      'Skip to content',
      'Daypass',
      'Ask for access',
      'Sign out',
      'Comment (may be left out)',
      'Approve for (15m was asked for; less is possible)',
      'Approve',
    ]);
    await approver.page.keyboard.press('Enter');
    await approver.page.waitForURL(new RegExp(`${path}$`));
    expect(await stateOf(approver)).toBe('Approved');
    expect(await approver.page.locator('main').textContent()).toContain('Avery Approver approved');

    await expect
      .poll(async () => {
        await engineer.open('/');
        return engineer.page.locator('main').textContent();
      }, patience)
      .toMatch(/Active 14 min left[\s\S]*UTC/);
    await button(engineer, 'End now: prod/admin').click();
    await engineer.page.getByRole('heading', { name: 'Your access' }).waitFor();
    expect(await button(engineer, 'End now: prod/admin').count()).toBe(0);
    await engineer.open(path);
    expect(await engineer.page.locator('section .state').textContent()).toMatch(/^End(ing|ed)$/);
  });

  test('deny, with the reason shown to the one who asked', async () => {
    const path = await askFor(engineer, 'prod/readonly', 'Curious');
    await approver.open(path);
    await approver.page.getByLabel('Comment').fill('Not without a ticket');
    await button(approver, 'Deny').click();
    await approver.page.getByText('Avery Approver denied').waitFor();
    await engineer.open(path);
    expect(await stateOf(engineer)).toBe('Denied');
    expect(await engineer.page.getByText('Not without a ticket').count()).toBe(1);
  });

  test('ask back, hear the answer, and approve less time by the form', async () => {
    const path = await askFor(engineer, 'prod/readonly', 'Look at the logs');
    await approver.open(path);
    await approver.page.getByLabel('Say something').fill('Which host?');
    await button(approver, 'Ask back').click();
    await approver.page.getByRole('region', { name: 'Open question' }).waitFor();
    await engineer.open(path);
    expect(await engineer.page.getByRole('region', { name: 'Open question' }).textContent()).toContain(
      'Which host?',
    );
    await engineer.page.getByLabel('Say something').fill('db-7');
    await button(engineer, 'Comment').click();
    await expect
      .poll(() => engineer.page.getByRole('region', { name: 'Open question' }).count(), patience)
      .toBe(0);
    await approver.open(path);
    expect(await approver.page.locator('main').textContent()).toContain('Before you answer');
    await approver.page.getByLabel('Approve for').fill('10m');
    await button(approver, 'Approve').click();
    await expect.poll(() => stateOf(approver), patience).toBe('Approved');
    expect(await approver.page.locator('main').textContent()).toContain('10 min from approval');
  });

  test('cancel; going back and cancelling again, from a page that is out of date, changes nothing', async () => {
    const path = await askFor(engineer, 'staging/admin', 'By mistake');
    const old = await engineer.context.newPage();
    await old.goto(`${stack.url}${path}`);
    await button(engineer, 'Cancel this request').click();
    await expect.poll(() => stateOf(engineer), patience).toBe('Cancelled');
    await old.getByRole('button', { name: 'Cancel this request' }).click();
    expect(await old.getByRole('alert').textContent()).toContain('already cancelled');
    await old.close();
    await engineer.page.goBack();
    await expect.poll(() => button(engineer, 'Cancel this request').count(), patience).toBe(0);
  });

  test('a form sent twice asks once', async () => {
    await engineer.open('/requests/new?entitlement=staging/admin&reason=Pressed+twice');
    await button(engineer, 'Ask').dblclick();
    await engineer.page.waitForURL(/\/requests\/req_/);
    const first = engineer.page.url();
    await engineer.page.goBack();
    await engineer.open('/');
    const links = engineer.page.locator('section').last().getByRole('link', { name: 'staging/admin' });
    const waiting = engineer.page.locator('li', { hasText: 'Waiting for approval' });
    expect(await waiting.count()).toBe(1);
    expect(first).toContain(await links.first().getAttribute('href'));
  });

  test('signing out ends the session, and going back shows nothing of it', async () => {
    await button(engineer, 'Sign out').click();
    await engineer.page.getByRole('link', { name: 'Sign in' }).waitFor();
    const names = (await engineer.context.cookies(stack.url)).map(({ name }) => name);
    expect(names).not.toContain('__Host-daypass');
    await engineer.page.goBack();
    await engineer.page.waitForLoadState();
    expect(await engineer.page.locator('body').textContent()).not.toContain('Erin');
  });

  test('the browser had nothing to complain of in all of this, and only what was meant to be was refused', () => {
    expect(engineer.complaints).toEqual([]);
    expect(approver.complaints).toEqual([]);
    expect(engineer.refusals).toEqual([]);
    expect(approver.refusals).toEqual([expect.stringMatching(/^401 POST \/requests\/req_\w+\/review$/)]);
  });
});
