import { setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createEgress, type EgressOptions } from '../../src/egress/egress.ts';
import { refusalOf } from './refusal.ts';
import { authority, type Listener, startHttp, startHttps } from './servers.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
const seen: Seen[] = [];
let server: Listener;

beforeAll(async () => {
  setDefaultCACertificates([authority]);
  server = await startHttps((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      response.writeHead(201, { 'content-type': 'text/plain', 'x-two': ['a', 'b'] }).end('hello');
    });
  });
});
afterEach(() => void seen.splice(0));
afterAll(() => server.stop());

/** A client for which every name has the addresses that `answers` gives, one list a question; the last one stays. */
function egressWith(answers: readonly (readonly string[])[], options: Partial<EgressOptions> = {}) {
  const asked: string[] = [];
  const egress = createEgress({
    allow: ['127.0.0.1'],
    resolve: (name) => {
      asked.push(name);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? []);
    },
    ...options,
  });
  const get = (url: string) => egress.send({ url, method: 'GET', headers: {} });
  return { egress, get, asked };
}
const at = (host: string, path = '/') => `https://${host}:${server.port}${path}`;

test('a call goes to the address that was checked, under the name of the URL, and its answer comes back', async () => {
  const { egress, asked } = egressWith([['127.0.0.1']]);
  const answer = await egress.send({
    url: at('idp.test', '/hook?a=1#part'),
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer t', 'accept-encoding': 'gzip' },
    body: new TextEncoder().encode('{"a":1}'),
  });
  expect(answer.status).toBe(201);
  expect(answer.body.toString()).toBe('hello');
  expect(answer.headers.get('x-two')).toBe('a, b');
  expect(asked).toEqual(['idp.test']);
  expect(seen).toMatchObject([
    {
      method: 'POST',
      url: '/hook?a=1',
      body: '{"a":1}',
      headers: {
        host: `idp.test:${server.port}`,
        'content-length': '7',
        'accept-encoding': 'identity',
        connection: 'close',
      },
    },
  ]);
});

test('an address may stand in the URL itself, and its certificate must name it', async () => {
  const { get, asked } = egressWith([[]]);
  expect((await get(at('127.0.0.1'))).status).toBe(201);
  expect(asked).toEqual([]);
});

test('a certificate for another name is refused, although the address is the right one', async () => {
  const { get } = egressWith([['127.0.0.1']]);
  const refusal = await refusalOf(get(at('other.test')));
  expect(refusal.code).toBe('EGRESS_CERTIFICATE');
  expect(refusal.message).toContain('NODE_EXTRA_CA_CERTS');
  expect(seen).toEqual([]);
});

test('a certificate that was good for one name is not taken for the next one', async () => {
  const { get } = egressWith([['127.0.0.1']]);
  expect((await get(at('idp.test'))).status).toBe(201);
  expect((await refusalOf(get(at('other.test')))).code).toBe('EGRESS_CERTIFICATE');
});

test('a certificate of nobody known is refused', async () => {
  const { get } = egressWith([['127.0.0.1']]);
  setDefaultCACertificates([]);
  try {
    expect((await refusalOf(get(at('idp.test')))).code).toBe('EGRESS_CERTIFICATE');
  } finally {
    setDefaultCACertificates([authority]);
  }
  expect(seen).toEqual([]);
});

test('a name is resolved once a call: an answer that changes afterwards changes nothing', async () => {
  const { get, asked } = egressWith([['127.0.0.1'], ['169.254.169.254']]);
  expect((await get(at('idp.test'))).status).toBe(201);
  expect(asked).toHaveLength(1);
  expect((await refusalOf(get(at('idp.test')))).code).toBe('EGRESS_ADDRESS');
  expect(asked).toHaveLength(2);
  expect(seen).toHaveLength(1);
});

test('a name with one address that may not be called is refused whole, in whatever order', async () => {
  for (const addresses of [
    ['127.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '::1'],
  ]) {
    const { get } = egressWith([addresses]);
    expect((await refusalOf(get(at('idp.test')))).code).toBe('EGRESS_ADDRESS');
  }
  expect(seen).toEqual([]);
});

test('where one of several good addresses does not answer, the next one is called', async () => {
  const { get } = egressWith([['127.0.0.77', '127.0.0.1']], { allow: ['127.0.0.0/8'] });
  expect((await get(at('idp.test'))).status).toBe(201);
});

test('a refused address says which one it is and where to list it', async () => {
  const { get } = egressWith([['10.1.2.3']]);
  const { message } = await refusalOf(get(at('idp.test')));
  expect(message).toContain('is at 10.1.2.3, a private address');
  expect(message).toContain('EGRESS_ALLOW');
});

test('names of this machine are refused unless they were configured as such', async () => {
  const egress = createEgress({ allow: [] });
  const before = server.connections();
  for (const host of ['localhost', '127.0.0.1', 'LOCALHOST']) {
    const call = egress.send({ url: at(host), method: 'GET', headers: {} });
    expect((await refusalOf(call)).code, host).toBe('EGRESS_ADDRESS');
  }
  expect(server.connections()).toBe(before);
});

test('a name that does not resolve, and one that resolves to nothing, are told apart from a server that is down', async () => {
  expect((await refusalOf(egressWith([[]]).get(at('idp.test')))).code).toBe('EGRESS_NAME');
  const failing = createEgress({ allow: [], resolve: () => Promise.reject(new Error('ENOTFOUND')) });
  const call = failing.send({ url: at('idp.test'), method: 'GET', headers: {} });
  expect((await refusalOf(call)).code).toBe('EGRESS_NAME');
  const gone = await startHttp(() => undefined);
  await gone.stop();
  const { get } = egressWith([['127.0.0.1']]);
  const refusal = await refusalOf(get(`https://idp.test:${gone.port}/`));
  expect(refusal.code).toBe('EGRESS_UNREACHABLE');
  expect(refusal.message).toContain('ECONNREFUSED');
});

test('plain http goes to the configured origin on this machine and to no other port of it', async () => {
  const [own, other] = [await startHttp((_q, s) => s.end('own')), await startHttp((_q, s) => s.end('other'))];
  try {
    const egress = createEgress({ allow: [], loopbackOrigins: [`http://127.0.0.1:${own.port}`] });
    const get = (port: number) =>
      egress.send({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {} });
    expect((await get(own.port)).body.toString()).toBe('own');
    expect((await refusalOf(get(other.port))).code).toBe('EGRESS_URL');
    expect(other.connections()).toBe(0);
  } finally {
    await Promise.all([own.stop(), other.stop()]);
  }
});

test('the origin that was configured on this machine may have any port', async () => {
  const egress = createEgress({ allow: [], loopbackOrigins: ['http://127.0.0.1:1'] });
  const call = egress.send({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {} });
  expect((await refusalOf(call)).code).toBe('EGRESS_UNREACHABLE');
});

test('an allow list that is none is an error at once', () => {
  expect(() => createEgress({ allow: ['idp.example'] })).toThrow('neither an IP address nor a network');
  expect(() => createEgress({ allow: ['0.0.0.0/0'] })).toThrow('too wide');
});
