import { expect, test } from 'vitest';
import { NobodyCame } from '../../src/cli/local-page.ts';
import { listenForRedirect } from '../../src/cli/sign-in/loopback.ts';

test('it listens on 127.0.0.1 only, and answers the one path with the right state once', async () => {
  const loopback = await listenForRedirect('right', 60_000);
  try {
    const { redirectUri } = loopback;
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect((await fetch(new URL('/', redirectUri))).status).toBe(404);
    expect((await fetch(`${redirectUri}/more?state=right&code=c`)).status).toBe(404);
    expect((await fetch(`${redirectUri}?state=right&code=c`, { method: 'POST' })).status).toBe(404);
    for (const wrong of [
      'state=wrong&code=evil',
      'code=evil',
      'state=righ&code=evil',
      'state=right',
      'state=right&code=',
    ]) {
      expect((await fetch(`${redirectUri}?${wrong}`)).status).toBe(400);
    }
    const page = await fetch(`${redirectUri}?state=right&code=good`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/plain');
    expect(await page.text()).toContain('You can close this window.');
    expect((await fetch(`${redirectUri}?state=right&code=second`)).status).toBe(400);
    expect(await loopback.redirected).toEqual({ is: 'code', code: 'good' });
  } finally {
    loopback.close();
  }
});

test('an error of the server counts with the right state only', async () => {
  const loopback = await listenForRedirect('right', 60_000);
  try {
    expect((await fetch(`${loopback.redirectUri}?error=access_denied`)).status).toBe(400);
    await fetch(`${loopback.redirectUri}?error=access_denied&error_description=No&state=right`);
    expect(await loopback.redirected).toEqual({ is: 'error', error: 'access_denied', description: 'No' });
  } finally {
    loopback.close();
  }
});

test('it gives up when nobody comes', async () => {
  const loopback = await listenForRedirect('right', 1);
  await expect(loopback.redirected).rejects.toThrow(NobodyCame);
  loopback.close();
});
