import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { launchChromium } from './chromium.ts';
import { patience, type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let stack: Stack;
let engineer: Visitor;
beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({ onStep: () => {} });
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});
async function freshEngineer(): Promise<void> {
  engineer = await visitor(browser, stack.url);
  await engineer.open('/requests/new');
  await engineer.choose('engineer', 'otp');
  await engineer.page.getByLabel('Reason').waitFor();
}

const ask = () => engineer.page.getByRole('button', { name: 'Ask', exact: true }).click();
async function asked(): Promise<number> {
  await engineer.open('/');
  return engineer.page.locator('section').last().locator('li').count();
}

describe('a form that is not as it must be', () => {
  beforeAll(freshEngineer);

  test('is not even sent without a reason', async () => {
    await ask();
    expect(await engineer.page.locator('#reason:invalid').count()).toBe(1);
    expect(engineer.refusals).toEqual([]);
  });

  test('comes back with one clear sentence and with what was filled in', async () => {
    await engineer.page.getByLabel('Reason').fill('\nDisk full\non <b>db-7</b>');
    await engineer.page.getByLabel('For how long').fill('15 potatoes');
    await ask();
    expect(await engineer.page.getByRole('alert').textContent()).toContain('such as 15m, 1h or 1h30m');
    expect(await engineer.page.title()).toMatch(/^Not sent/);
    expect(await engineer.page.getByLabel('For how long').inputValue()).toBe('15 potatoes');
    expect(await engineer.page.getByLabel('Reason').inputValue()).toBe('\nDisk full\non <b>db-7</b>');
  });

  test('is refused for marks that turn the direction of text, with the mark where it was', async () => {
    await engineer.page.getByLabel('For how long').fill('15m');
    await engineer.page.getByLabel('Reason').fill('see \u202egnp.exe');
    await ask();
    expect(await engineer.page.getByRole('alert').textContent()).toContain('plain text');
    expect(await asked()).toBe(0);
  });
});

describe('a form of another site', () => {
  beforeAll(freshEngineer);

  test('with a made-up token is refused with a way back, and changes nothing', async () => {
    await engineer.open('/requests/new?reason=Tampered');
    await engineer.page.evaluate(
      `document.querySelector('main input[name=formToken]').value = 'x'.repeat(43)`,
    );
    await ask();
    expect(await engineer.page.getByRole('alert').textContent()).toContain('came from another site');
    expect(engineer.refusals.at(-1)).toBe('403 POST /requests/new');
    await engineer.page.getByRole('link', { name: 'Go back' }).click();
    expect(await engineer.page.getByLabel('Reason').inputValue()).toBe('Tampered');
    expect(await asked()).toBe(0);
  });

  test('is refused even with the right token, where the cookie goes along', async () => {
    await engineer.open('/requests/new');
    const token = await engineer.page.locator('main input[name=formToken]').inputValue();
    // Another port is another origin, but to cookies the same site.
    const elsewhere = 'http://127.0.0.1:9/win';
    await engineer.page.route(elsewhere, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${stack.url}/requests/new"><input name="formToken" value="${token}">
          <input name="entitlement" value="prod/readonly"><input name="duration" value="1h"><input name="reason" value="x">
          <input name="ticket"><input name="idempotencyKey" value="k1"><button>Win</button></form>`,
      }),
    );
    await engineer.page.goto(elsewhere);
    await engineer.page.getByRole('button', { name: 'Win' }).click();
    expect(await engineer.page.getByRole('alert').textContent()).toContain('came from another site');
    expect(await asked()).toBe(0);
  });
});

describe('the Content-Security-Policy', () => {
  beforeAll(freshEngineer);

  test('stops scripts and forms to elsewhere that got into a page, and the tests would hear of it', async () => {
    await engineer.open('/');
    const stolen: string[] = [];
    await engineer.page.route('http://127.0.0.1:9/**', (route) => {
      stolen.push(route.request().url());
      return route.fulfill({ body: 'stolen' });
    });
    await engineer.page.evaluate(`(() => {
      const add = (markup) => document.body.insertAdjacentHTML('beforeend', markup);
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.body.append(script);
      add('<button id="trap" onclick="document.title = 1">Trap</button>');
      add('<form method="post" action="http://127.0.0.1:9/steal"><button id="steal">Steal</button></form>');
      document.getElementById('trap').click();
    })()`);
    expect(await engineer.page.title()).toBe('Your access · Daypass');
    await engineer.page.evaluate(`document.getElementById('steal').click()`);
    const heardOf = (directive: string) => engineer.complaints.some((text) => text.includes(directive));
    await expect.poll(() => heardOf('form-action'), patience).toBe(true);
    expect(stolen).toEqual([]);
    expect(heardOf('inline script')).toBe(true);
    expect(heardOf('inline event handler')).toBe(true);
  });
});

describe('what is not there', () => {
  beforeAll(freshEngineer);

  test.each([
    ['/nope', 'There is nothing at this address.'],
    [`/requests/req_${'0'.repeat(26)}`, 'There is no such request'],
    ['/requests/potato', 'There is no such request'],
    ['/factors', 'There is no such factor'],
  ])('%s is a page that says so', async (path, text) => {
    await engineer.open(path);
    expect(await engineer.page.getByRole('heading', { level: 1 }).textContent()).toBe('Not found');
    expect(await engineer.page.getByRole('alert').textContent()).toContain(text);
    expect(engineer.refusals.at(-1)).toBe(`404 GET ${path}`);
    expect(engineer.complaints).toEqual([]);
  });
});
