import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { childEnvironment } from '../../dev/child-environment.ts';
import { authorityFile, type Listener, startHttp, startHttps } from './servers.ts';

let server: Listener;
let proxy: Listener;
beforeAll(async () => {
  server = await startHttps((_request, response) => response.end());
  proxy = await startHttp((_request, response) => response.writeHead(502).end());
});
afterAll(() => Promise.all([server.stop(), proxy.stop()]));

async function call(environment: Record<string, string>): Promise<string> {
  const script = new URL('./ambient-call.ts', import.meta.url).pathname;
  const env = { ...childEnvironment(), ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(server.port)], { env });
  return stdout;
}

test("proxies of the environment are not used, and an operator's own authority is believed", async () => {
  const address = `http://127.0.0.1:${proxy.port}`;
  const proxies = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: address, https_proxy: address, ALL_PROXY: address };
  expect(await call({ ...proxies, NODE_EXTRA_CA_CERTS: authorityFile })).toBe('200');
  expect(proxy.connections()).toBe(0);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 turns nothing off', async () => {
  expect(await call({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe('EGRESS_CERTIFICATE');
});
