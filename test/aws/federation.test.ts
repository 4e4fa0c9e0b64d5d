import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { consoleDomain, readDestination } from '../../src/aws/console-address.ts';
import { createFederation } from '../../src/aws/federation.ts';
import { Secret } from '../../src/keys/secret.ts';

const parts = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'sEcReT/Key+', sessionToken: 'to&ken==' };
const credentials = new Secret(parts);

interface Got {
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A federation endpoint that answers as a test says. */
async function endpoint(answer: (response: ServerResponse) => void) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      got.push({ target: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/federation`);
  return {
    got,
    federation: (timeLimitMs = 10_000) => createFederation({ endpoint: url, timeLimitMs }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

test('the credentials go out in the body of a POST and stand in no address, without a duration', async () => {
  await using aws = await endpoint((response) => response.end('{"SigninToken":"tok-EN_1"}'));
  const reply = await aws.federation().getSigninToken(credentials);
  expect(reply.kind === 'token' && reply.token.reveal()).toBe('tok-EN_1');
  expect(JSON.stringify(reply)).not.toContain('tok-EN_1');
  const [call] = aws.got;
  expect(call?.target).toBe('POST /federation');
  expect(JSON.stringify(call?.headers)).not.toContain('ASIAEXAMPLE');
  const form = new URLSearchParams(call?.body);
  expect([...form.keys()]).toEqual(['Action', 'Session']);
  expect(form.get('Action')).toBe('getSigninToken');
  expect(JSON.parse(form.get('Session') ?? '')).toEqual({
    sessionId: parts.accessKeyId,
    sessionKey: parts.secretAccessKey,
    sessionToken: parts.sessionToken,
  });
});

const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end('no');
const body = (text: string) => (response: ServerResponse) => void response.end(text);

test.each<[string, (response: ServerResponse) => void, object]>([
  ['400', status(400), { kind: 'refused', code: 'HTTP 400' }],
  ['403', status(403), { kind: 'refused', code: 'HTTP 403' }],
  ['429', status(429), { kind: 'throttled', code: 'HTTP 429' }],
  ['503', status(503), { kind: 'unavailable', code: 'HTTP 503' }],
  ['204', status(204), { kind: 'unavailable', code: 'HTTP 204' }],
  ['no JSON', body('<html>'), { kind: 'unknown-outcome', code: 'UnreadableReply' }],
  ['no token', body('{"SigninToken":""}'), { kind: 'unknown-outcome', code: 'UnreadableReply' }],
  [
    'a token that is none',
    body('{"SigninToken":"a b"}'),
    { kind: 'unknown-outcome', code: 'UnreadableReply' },
  ],
  ['null', body('null'), { kind: 'unknown-outcome', code: 'UnreadableReply' }],
  ['too much', body('x'.repeat(70_000)), { kind: 'unknown-outcome', code: 'EGRESS_SIZE' }],
  [
    'a redirect',
    (response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
    { kind: 'unknown-outcome', code: 'EGRESS_REDIRECT' },
  ],
])('an answer of %s gives no token, follows nothing and is sorted', async (_name, answer, fault) => {
  await using aws = await endpoint(answer);
  expect(await aws.federation().getSigninToken(credentials)).toEqual({ kind: 'fault', fault });
  expect(aws.got).toHaveLength(1);
});

test('an endpoint that never answers is given up, and so is one that is not there', async () => {
  const silent = await endpoint(() => undefined);
  const federation = silent.federation(50);
  expect(await federation.getSigninToken(credentials)).toEqual({
    kind: 'fault',
    fault: { kind: 'unknown-outcome', code: 'EGRESS_TIME' },
  });
  const gone = silent.federation();
  await silent[Symbol.asyncDispose]();
  expect(await gone.getSigninToken(credentials)).toMatchObject({
    kind: 'fault',
    fault: { kind: 'unknown-outcome', code: 'EGRESS_UNREACHABLE' },
  });
});

test('the address to sign in has the four parts that AWS documents, and is not printed', () => {
  const federation = createFederation({ endpoint: new URL('https://signin.aws.amazon.com/federation') });
  const url = federation.loginUrl(new Secret('a+b/c=&d'), {
    issuer: 'https://daypass.example/',
    destination: 'https://console.aws.amazon.com/s3/home?region=eu-west-1#x',
  });
  expect(`${url.toString()} ${JSON.stringify({ url })}`).not.toContain('signin');
  const { origin, pathname, searchParams } = new URL(url.reveal());
  expect(origin + pathname).toBe('https://signin.aws.amazon.com/federation');
  expect(Object.fromEntries(searchParams)).toEqual({
    Action: 'login',
    Issuer: 'https://daypass.example/',
    Destination: 'https://console.aws.amazon.com/s3/home?region=eu-west-1#x',
    SigninToken: 'a+b/c=&d',
  });
});

test.each([
  ['https://signin.aws.amazon.com/federation', 'console.aws.amazon.com'],
  ['https://eu-central-1.signin.aws.amazon.com/federation', 'console.aws.amazon.com'],
  ['https://us-gov-west-1.signin.amazonaws-us-gov.com/federation', 'console.amazonaws-us-gov.com'],
  ['https://signin.amazonaws.cn/federation', 'console.amazonaws.cn'],
  ['http://127.0.0.1:4566/federation', 'console.aws.amazon.com'],
  ['http://signin.aws.amazon.com/federation', null],
  ['https://signin.aws.amazon.com:8443/federation', null],
  ['https://signin.aws.amazon.com/other', null],
  ['https://signin.aws.amazon.com.evil.example/federation', null],
  ['https://evil.signin.aws.amazon.com/federation', null],
  ['https://evilsignin.aws.amazon.com/federation', null],
  ['https://10.0.0.1/federation', null],
])('the endpoint %s is of %s', (text, domain) => {
  expect(consoleDomain(new URL(text))).toBe(domain);
});

test.each([
  'https://console.aws.amazon.com/',
  'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:',
  'https://s3.console.aws.amazon.com/s3/buckets',
])('a page of the console may be the destination: %s', (text) => {
  expect(readDestination(text, 'console.aws.amazon.com')?.href).toBe(text);
});

test.each([
  '',
  'console.aws.amazon.com',
  'http://console.aws.amazon.com/',
  'https://evil.example/',
  'https://console.aws.amazon.com.evil.example/',
  'https://evilconsole.aws.amazon.com/',
  'https://console.aws.amazon.com@evil.example/',
  'https://user:pw@console.aws.amazon.com/',
  'https://console.aws.amazon.com:8443/',
  'https://evil.example\\.console.aws.amazon.com/',
  'javascript://console.aws.amazon.com/%0aalert(1)',
  `https://console.aws.amazon.com/${'x'.repeat(2000)}`,
])('nothing else may be: %j', (text) => {
  expect(readDestination(text, 'console.aws.amazon.com')).toBeNull();
});
