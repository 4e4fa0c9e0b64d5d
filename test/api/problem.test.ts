import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalStatus } from '../../src/api/problem.ts';
import { Refusal, type RefusalCode, refusalCodes } from '../../src/refusal.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let app: FastifyInstance;
beforeAll(async () => {
  world = await startWorld();
  app = await world.edge();
  const config = { operation: 'getHealth' } as const;
  app.get<{ Params: { code: RefusalCode } }>('/refused/:code', { config }, (request) => {
    throw new Refusal(request.params.code, 'Do this instead.', { more: 1 });
  });
  app.get('/broken', { config }, () => {
    throw new Error('password=hunter2 at postgres://daypass:hunter2@db/daypass');
  });
  app.get('/cut', { config }, () => {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED' });
  });
  app.get('/not-even-an-error', { config }, () => {
    // oxlint-disable-next-line typescript/only-throw-error -- whatever a library throws must be masked too
    throw 'hunter2';
  });
});
afterAll(() => world.stop());

describe('a refusal', () => {
  test.each(refusalCodes)('%s is problem details with its status, code and request id', async (code) => {
    const answer = await app.inject({ url: `/refused/${code}` });
    expect(answer.statusCode).toBe(refusalStatus[code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toEqual({
      type: `urn:daypass:problem:${code}`,
      title: expect.stringMatching(/./),
      status: refusalStatus[code],
      detail: 'Do this instead.',
      code,
      requestId: answer.headers['x-request-id'],
      more: 1,
    });
  });

  test.each(['audit_unavailable', 'idp_unavailable', 'aws_unavailable', 'rate_limited', 'factor_locked'])(
    '%s says when to try again',
    async (code) => {
      expect((await app.inject({ url: `/refused/${code}` })).headers['retry-after']).toBe('5');
    },
  );
});

describe('a fault', () => {
  test.each(['/broken', '/not-even-an-error'])(
    '%s tells the caller nothing but the request id',
    async (url) => {
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toMatchObject({
        code: 'internal_error',
        requestId: answer.headers['x-request-id'],
      });
      expect(answer.body).not.toContain('hunter2');
    },
  );

  test('is logged with its stack and the request id', async () => {
    const answer = await app.inject({ url: '/broken' });
    const line = world.logged.find(
      (text) => text.includes(String(answer.headers['x-request-id'])) && text.includes('call failed'),
    );
    expect(line).toContain('problem.test.ts');
  });

  test('of the connection to Postgres is 503 without its address', async () => {
    const answer = await app.inject({ url: '/cut' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
    expect(answer.body).not.toContain('10.0.0.5');
  });
});

describe('HTTP itself', () => {
  test('an unknown address is 404 in the same form', async () => {
    const answer = await world.app.inject({ url: '/v1/nothing' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'not_found', requestId: answer.headers['x-request-id'] });
  });

  test('the wrong method is 405 and says which are right', async () => {
    const answer = await world.app.inject({ method: 'PATCH', url: '/v1/grants/grt_x' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  test('an address that cannot be decoded is 400', async () => {
    const answer = await world.app.inject({ url: '/v1/requests/%E0%A4%A' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_input' });
  });

  test('the request id is Daypass’s own, whatever the caller sends', async () => {
    const answer = await world.app.inject({ url: '/healthz', headers: { 'x-request-id': 'forged' } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a forwarded address is not believed without a trusted proxy', async () => {
    const edge = await world.edge();
    edge.get('/ip', { config: { operation: 'getHealth' } }, (request) => request.ip);
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    expect((await edge.inject({ url: '/ip', headers })).body).toBe('127.0.0.1');
  });

  test('a stranger’s address that calls too often is told to wait', async () => {
    const edge = await world.edge();
    edge.get('/often', { config: { operation: 'getHealth' } }, () => 'ok');
    let last = await edge.inject({ url: '/often' });
    for (let i = 0; i < 600; i++) last = await edge.inject({ url: '/often' });
    expect(last.statusCode).toBe(429);
    expect(last.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  });
});
