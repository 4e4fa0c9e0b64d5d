import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

// The command line calls the server it was told to, on the computer of the person whose program it is.
const ownServer = new Set(['src/cli/server/send.ts', 'src/cli/doctor/probe.ts']);

// What can be taken from the modules that can connect, without being able to connect.
const harmless = new Set(['STATUS_CODES', 'createServer', 'BlockList', 'isIP', 'isIPv4', 'isIPv6']);
const connecting =
  /^(?:node:)?(?:http|https|http2|net|tls|dgram|dns|dns\/promises)$|^(?:undici|axios|got|ky|node-fetch|ws)$/;
// Libraries of ours that call out by themselves, and the files that give them their way out.
const guarded: Readonly<Record<string, readonly string[]>> = {
  'openid-client': ['src/identity/oidc.ts', 'src/identity/oidc-failure.ts'],
};

/** Everything in a file of src/ by which it could call an address past the one way out. */
function waysOut(file: string, text: string): string[] {
  if (file.startsWith('src/egress/') || ownServer.has(file)) return [];
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|(?<=[\s;{}])\/\/ .*$/gm, '');
  const found: string[] = [];
  for (const [, names = '', module = ''] of code.matchAll(
    /(?:import|export)\s+(?!type\b)([^'";]*?)\s*from\s*'([^']+)'/g,
  )) {
    if (guarded[module]?.includes(file) === false) found.push(module);
    if (!connecting.test(module)) continue;
    const taken = /^\{([^}]*)\}$/s.exec(names)?.[1]?.split(',') ?? [names];
    const values = taken
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    if (!values.every((name) => harmless.has(name.split(/\s+as\s+/)[0] ?? ''))) found.push(module);
  }
  for (const [, module = ''] of code.matchAll(
    /(?:\bimport|\brequire|\bgetBuiltinModule)\s*\(\s*['"`]([^'"`]+)['"`]/g,
  ))
    if (connecting.test(module)) found.push(module);
  // Files may be named after what they stand in for.
  for (const [name] of code
    .replaceAll(/\bfrom\s*'[^']*'/g, '')
    .matchAll(/\bfetch\b|\bWebSocket\b|\bEventSource\b|\bXMLHttpRequest\b|\bcreateRemoteJWKSet\b/g))
    found.push(name);
  return found;
}

test('nothing in src calls an address but the egress client, the command line excepted', async () => {
  const entries = await readdir(join(root, 'src'), { recursive: true });
  const files = entries.filter((name) => name.endsWith('.ts') && !name.endsWith('.generated.ts'));
  const faults: string[] = [];
  for (const name of files) {
    const file = `src/${name}`;
    for (const found of waysOut(file, await readFile(join(root, file), 'utf8')))
      faults.push(`${file}: ${found}`);
  }
  expect(files.length).toBeGreaterThan(100);
  expect(faults).toEqual([]);
});

test.each([
  "import { request } from 'node:https';",
  "import { createServer, get } from 'node:http';",
  "import { STATUS_CODES as codes, Agent } from 'node:http';",
  "import http from 'node:http';",
  "import * as net from 'net';",
  "import tls, { type TLSSocket } from 'node:tls';",
  "import {\n  connect,\n  type Socket,\n} from 'node:net';",
  "import { lookup } from 'node:dns/promises';",
  "import { fetch as call } from 'undici';",
  "import * as client from 'openid-client';",
  "export { request } from 'node:http';",
  "const { request } = await import('node:https');",
  "const http = require('http');",
  "const net = process.getBuiltinModule('node:net');",
  'await fetch(url);',
  'const call = globalThis.fetch;',
  "new globalThis['WebSocket'](url);",
  'const keys = createRemoteJWKSet(url);',
])('the rule finds %j', (text) => {
  expect(waysOut('src/channels/webhook.ts', text)).not.toEqual([]);
});

test.each([
  "import { STATUS_CODES } from 'node:http';",
  "import { createServer, type IncomingMessage } from 'node:http';",
  "import type { Socket } from 'node:net';",
  "import { BlockList, isIP } from 'node:net';",
  '// a fetch of one kind',
  '/** They share one fetch. */',
  'const x = client.customFetch;',
  "import { egressFetch } from '../egress/fetch.ts';",
])('the rule lets %j be', (text) => {
  expect(waysOut('src/channels/webhook.ts', text)).toEqual([]);
});
