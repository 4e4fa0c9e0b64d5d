import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { launchChromium } from './chromium.ts';
import { accessibilityFaults, lowContrast } from './inspect.ts';
import { type Visitor, visitor } from './visitor.ts';

let browser: Browser;
let stack: Stack;
const waiting: Server[] = [];
beforeAll(async () => {
  browser = await launchChromium();
  stack = await startStack({ onStep: () => {} });
});
afterAll(async () => {
  await browser?.close();
  for (const server of waiting) server.close();
  await stack?.stop();
});

/** A command that waits on `host`, and what came back to it. */
async function command(host: string): Promise<{ authorize: string; back: Promise<URL> }> {
  let arrived: (url: URL) => void;
  const back = new Promise<URL>((resolve) => (arrived = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://command');
    if (url.pathname === '/callback') arrived(url);
    response.end('back in the terminal');
  });
  server.listen(0, host);
  await once(server, 'listening');
  waiting.push(server);
  const { port } = server.address() as AddressInfo;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'daypass-cli',
    redirect_uri: `http://${host.includes(':') ? `[${host}]` : host}:${port}/callback`,
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { authorize: `/oauth/authorize?${query.toString()}`, back };
}

async function asked(host: string): Promise<{ who: Visitor; back: Promise<URL> }> {
  const who = await visitor(browser, stack.url);
  const { authorize, back } = await command(host);
  await who.open(authorize);
  await who.choose('engineer', 'otp');
  await who.page.getByRole('button', { name: 'Continue' }).waitFor();
  return { who, back };
}

test.each(['127.0.0.1', '::1'])('Enter lets the command that waits on %s go on', async (host) => {
  const { who, back } = await asked(host);
  expect(await who.page.locator(':focus').textContent()).toBe('Continue');
  expect(await accessibilityFaults(who.page)).toEqual([]);
  expect(await lowContrast(who.page)).toEqual([]);
  await who.page.keyboard.press('Enter');
  expect((await back).searchParams.get('code')).toMatch(/^dpc_/);
  await who.page.getByText('back in the terminal').waitFor();
  expect(who.complaints).toEqual([]);
});

test('Cancel sends the command away without a code', async () => {
  const { who, back } = await asked('127.0.0.1');
  await who.page.getByRole('button', { name: 'Cancel' }).click();
  const { searchParams } = await back;
  expect([searchParams.get('error'), searchParams.get('code')]).toEqual(['access_denied', null]);
});
