import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderClientQuestion } from '../../src/api/pages/client-confirmation.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test.each([
  ['http://127.0.0.1:45454/callback', 'http://127.0.0.1:45454'],
  ['http://[::1]:45454/callback', 'http:'],
])(
  'the question names the person, escaped, and its form may lead back to %s alone',
  async (redirectUri, allowed) => {
    const app = await world.edge();
    app.get('/question', { config: { operation: 'getHealth' } }, (_request, reply) =>
      renderClientQuestion(world.deps)(reply, { name: '<b>Ada</b>', formToken: 'dpq_token', redirectUri }),
    );
    const page = await app.inject({ method: 'GET', url: '/question' });
    expect(page.body).toContain('as &lt;b&gt;Ada&lt;/b&gt;?');
    expect(page.body).toMatch(/<button name="answer" value="continue" autofocus>/);
    expect(page.headers['cache-control']).toBe('no-store');
    const policy = String(page.headers['content-security-policy']).split(';');
    expect(policy).toContain(`form-action 'self' ${allowed}`);
    expect(policy).toContain("frame-ancestors 'none'");
    const other = await app.inject({ method: 'GET', url: '/nothing', headers: { accept: 'text/html' } });
    expect(String(other.headers['content-security-policy']).split(';')).toContain("form-action 'self'");
  },
);
