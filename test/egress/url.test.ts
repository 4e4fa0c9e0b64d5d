import { expect, test } from 'vitest';
import { createEgress } from '../../src/egress/egress.ts';
import { refusalOf } from './refusal.ts';

// Every name is public here, and nothing may be asked for: a URL that is refused is refused before.
const asked: string[] = [];
const egress = createEgress({
  allow: [],
  loopbackOrigins: ['http://127.0.0.1:9000', 'http://localhost:9000'],
  resolve: (name) => {
    asked.push(name);
    return Promise.resolve(['192.168.1.1']);
  },
});
const get = (url: string, headers: Record<string, string> = {}) =>
  refusalOf(egress.send({ url, method: 'GET', headers }));

test.each([
  ['http://idp.example/', /must be an https URL/],
  ['http://8.8.8.8/', /must be an https URL/],
  ['http://127.0.0.1:9001/', /must be an https URL/],
  ['http://localhost.:9000/', /must be an https URL/],
  ['http://[::1]:9000/', /must be an https URL/],
  ['ftp://idp.example/', /must be an https URL/],
  ['file:///etc/passwd', /must be an https URL/],
  ['data:text/plain,x', /must be an https URL/],
  ['javascript:0', /must be an https URL/],
  ['ws://idp.example/', /must be an https URL/],
  ['https://user@idp.example/', /user or password: take it out/],
  ['https://user:hunter2@idp.example/', /user or password: take it out/],
  ['https://idp.example@evil.example/', /user or password: take it out/],
  ['http://:hunter2@127.0.0.1:9000/', /user or password: take it out/],
  ['https://idp.example./', /ends with a dot: write it without/],
  ['https://localhost./', /ends with a dot: write it without/],
  ['https://idp.example:22/', /Port 22 of idp\.example is not called/],
  ['https://idp.example:25/', /Port 25/],
  ['https://idp.example:80/', /Port 80/],
  ['https://idp.example:0/', /Port 0/],
  ['https://idp.example:5432/', /Port 5432/],
  ['https://idp.example:6379/', /Port 6379/],
  ['https://idp.example:6667/', /Port 6667/],
  ['https://idp.example:65536/', /no URL/],
  ['https://', /no URL/],
  ['https://256.0.0.1/', /no URL/],
  ['https://[::1%25lo]/', /no URL/],
  ['//idp.example/', /no URL/],
  ['', /no URL/],
])('%s is refused before anything is asked of DNS', async (url, message) => {
  const refusal = await get(url);
  expect(refusal.code).toBe('EGRESS_URL');
  expect(refusal.message).toMatch(message);
  expect(refusal.message).not.toContain('hunter2');
  expect(asked).toEqual([]);
});

test.each([
  'Host',
  'connection',
  'Content-Length',
  'transfer-encoding',
  'upgrade',
  'Proxy-Authorization',
  'Expect',
])('the header %s is not for callers to set', async (name) => {
  expect((await get('https://idp.example/', { [name]: 'x' })).code).toBe('EGRESS_REQUEST');
});

test('a header with a line break is refused without being repeated', async () => {
  const url = 'https://8.8.8.8/';
  const refusal = await get(url, { authorization: 'Bearer hunter2\r\nhost: evil.example' });
  expect(refusal.code).toBe('EGRESS_REQUEST');
  expect(refusal.message).not.toContain('hunter2');
});

test('http goes to this machine alone, also where the configured name leads elsewhere', async () => {
  const refusal = await get('http://localhost:9000/');
  expect(refusal.code).toBe('EGRESS_ADDRESS');
  expect(refusal.message).toContain('not an address of this machine');
});

test('a path or query is in no message: webhooks keep their secrets there', async () => {
  for (const url of [
    'https://hooks.example/hunter2?t=hunter2',
    'http://hooks.example/hunter2?t=hunter2',
    'https://hooks.example:25/hunter2?t=hunter2',
  ])
    expect((await get(url)).message).not.toContain('hunter2');
});
