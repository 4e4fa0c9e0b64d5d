import { generate } from 'otplib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { launchChromium } from './chromium.ts';
import { accessibilityFaults, lowContrast } from './inspect.ts';
import { askFor, patience, stateOf, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let stack: Stack;
let engineer: Visitor;
let approver: Visitor;
beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({ onStep: () => {}, environment: { TOTP: 'on' } });
  engineer = await visitor(browser, stack.url);
  approver = await visitor(browser, stack.url);
  for (const [one, key] of [
    [engineer, 'engineer'],
    [approver, 'approver'],
  ] as const) {
    await one.open('/login');
    await one.choose(key, 'password');
    await one.page.getByRole('heading', { name: 'Your access' }).waitFor();
  }
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const codeField = () => approver.page.getByLabel('Code from the app');
const press = (name: string) => approver.page.getByRole('button', { name, exact: true }).click();

test('an approval leads to the codes: set up, mistype, confirm, prove, and back to the request', async () => {
  const path = await askFor(engineer, 'prod/admin', 'Disk full');
  await approver.open(path);
  await approver.page.getByLabel('Comment').fill('Fine');
  await press('Approve');
  await approver.page.waitForURL(/\/factors\?returnTo=/);
  await press('Set up');
  const secret = ((await approver.page.locator('.secret').textContent()) ?? '').replaceAll(' ', '');
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(await accessibilityFaults(approver.page)).toEqual([]);

  const now = Math.floor(Date.now() / 1000);
  const code = await generate({ secret, epoch: now });
  const wrong = String((Number(code) + 500_000) % 1_000_000).padStart(6, '0');
  await codeField().fill(wrong);
  await press('Confirm');
  expect(await approver.page.getByRole('alert').textContent()).toContain('wrong');
  expect(await approver.page.locator('body').textContent()).not.toContain(secret.slice(0, 4));
  expect(await lowContrast(approver.page)).toEqual([]);

  // As apps show it: in two groups.
  await codeField().fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await press('Confirm');
  await approver.page.getByText('The app is set up').waitFor();
  await codeField().fill(code);
  await press('Verify');
  expect(await approver.page.getByRole('alert').textContent()).toContain('used already');
  await codeField().fill(await generate({ secret, epoch: now + 30 }));
  await press('Verify');
  await approver.page.waitForURL(new RegExp(`${path}\\?.*comment=Fine`));
  await press('Approve');
  await expect.poll(() => stateOf(approver), patience).toBe('Approved');
  expect(approver.complaints).toEqual([]);
});
