import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { launchChromium } from './chromium.ts';
import { accessibilityFaults, lowContrast, overflow } from './inspect.ts';
import { askFor, type Visitor, visitor } from './visitor.ts';

const reason = `${'W'.repeat(200)}\n\n<b>bold</b> שלום مرحبا`;
let browser: Browser;
let stack: Stack;
const people: Record<string, Visitor> = {};
const paths: Record<string, string> = {};
beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({ onStep: () => {} });
  for (const key of ['engineer', 'approver', 'stranger', 'nobody']) {
    const one = await visitor(browser, stack.url);
    people[key] = one;
    if (key === 'nobody') continue;
    await one.open('/login');
    await one.choose(key, 'otp');
    await one.page.getByRole('heading', { name: 'Your access' }).waitFor();
  }
  const { engineer, approver } = people;
  if (engineer === undefined || approver === undefined) throw new Error('both have just signed in');
  paths['approved'] = await askFor(engineer, 'prod/admin', reason);
  await approver.open(paths['approved']);
  await approver.page.getByLabel('Comment').fill(reason);
  await approver.page.getByRole('button', { name: 'Approve' }).click();
  await approver.page.getByText('Avery Approver approved').waitFor();
  paths['pending'] = await askFor(engineer, 'prod/console-readonly', reason);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const pages: readonly (readonly [who: string, path: string])[] = [
  ['nobody', '/'],
  ['nobody', '/login'],
  ['nobody', '/login?returnTo=https://evil.example'],
  ['engineer', '/'],
  ['engineer', '/requests/new'],
  ['engineer', 'approved'],
  ['engineer', 'pending'],
  ['engineer', '/nope'],
  ['approver', '/'],
  ['approver', 'pending'],
  ['stranger', '/'],
  ['stranger', '/requests/new'],
];

describe.each(pages)('as %s, %s', (who, path) => {
  const open = async (): Promise<Visitor> => {
    const one = people[who];
    if (one === undefined) throw new Error(`${who} is not there`);
    await one.page.setViewportSize({ width: 800, height: 900 });
    await one.open(paths[path] ?? path);
    return one;
  };

  test('has a language, a title, headings in order, a label for every field and a name for every control', async () => {
    const { page } = await open();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test.each([320, 800, 1280])('at %i pixels fits the window', async (width) => {
    const { page } = await open();
    await page.setViewportSize({ width, height: 640 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  test('in light and in dark has text that can be read', async () => {
    const { page, complaints } = await open();
    const grounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      grounds.push(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor'));
      expect(await lowContrast(page), colorScheme).toEqual([]);
    }
    expect(grounds[0]).toBe('rgb(255, 255, 255)');
    expect(grounds[1]).not.toBe(grounds[0]);
    expect(complaints).toEqual([]);
  });
});

test('what somebody wrote is shown as it was written, never as markup', async () => {
  const { approver } = people;
  await approver?.open(paths['pending'] ?? '');
  const words = approver?.page.locator('.words');
  expect(await words?.textContent()).toBe(reason);
  expect(await words?.locator('b').count()).toBe(0);
});

test('what has the focus shows it', async () => {
  const { approver } = people;
  await approver?.open(paths['pending'] ?? '');
  await approver?.page.getByLabel('Comment').focus();
  await approver?.page.keyboard.press('Tab');
  const outline = await approver?.page.evaluate<string>(
    'getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth',
  );
  expect(outline).toBe('solid3px');
});
