import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { Browser } from '../../dev/browser.ts';
import { CookieJar } from '../../dev/browser-cookies.ts';
import { parseForms } from '../../dev/browser-forms.ts';

const servers: Server[] = [];

async function serve(handler: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with what was received, as JSON. */
async function echo(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { origin, cookie } = req.headers;
  const site = req.headers['sec-fetch-site'];
  res.end(JSON.stringify({ method: req.method, url: req.url, origin, cookie, site, body: await text(req) }));
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

test('cookies keep to their origin and path, and go when they expire', () => {
  let now = 0;
  const jar = new CookieJar(() => now);
  const at = (path: string) => new URL(path, 'http://127.0.0.1:7001');
  jar.store(at('/a/page'), ['root=1; Path=/; HttpOnly', 'deep=2', 'brief=3; Path=/; Max-Age=10']);
  expect(jar.header(at('/a/other'))).toBe('deep=2; root=1; brief=3');
  expect(jar.header(at('/ab'))).toBe('root=1; brief=3');
  expect(jar.header(new URL('http://127.0.0.1:7002/a/other'))).toBeUndefined();
  now = 10_000;
  expect(jar.header(at('/'))).toBe('root=1');
  jar.store(at('/'), ['root=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
  expect(jar.header(at('/'))).toBeUndefined();
});

test('Secure cookies travel over http to this machine only, and __Host- cookies need their attributes', () => {
  const jar = new CookieJar();
  const lines = [
    'a=1; Secure',
    '__Host-b=2; Secure; Path=/',
    '__Host-c=3; Path=/',
    '__Host-d=4; Secure; Path=/x',
  ];
  jar.store(new URL('http://127.0.0.1:7001/'), lines);
  jar.store(new URL('http://daypass.example.com/'), lines);
  expect(jar.header(new URL('http://127.0.0.1:7001/x'))).toBe('a=1; __Host-b=2');
  expect(jar.header(new URL('http://daypass.example.com/x'))).toBeUndefined();
});

test('forms are read with their values, and without what a browser would not send', () => {
  const forms = parseForms(`
    <!-- <form action="/comment"></form> --><script>"<form action='/script'>"</script>
    <form method="POST" action="/go?a=1&amp;b=2">
      <input type=hidden name="csrf" value='"&#x41;&quot;'><input name=off disabled value=1>
      <input type=checkbox name=no value=1><input type=checkbox name=yes checked>
      <select name=pick><option value=1>One<option value=2 selected>Two</select>
      <textarea name=why>
two &lt;lines&gt;</textarea>
      <button type=button name=x>Not me</button>
      <button name=do value=it formaction=/other> Do  <b>it</b> </button>
    </form>`);
  expect(forms).toEqual([
    {
      action: '/go?a=1&b=2',
      method: 'post',
      fields: [
        ['csrf', '"A"'],
        ['yes', 'on'],
        ['pick', '2'],
        ['why', 'two <lines>'],
      ],
      buttons: [{ name: 'do', value: 'it', text: 'Do it', action: '/other' }],
    },
  ]);
});

test('a form is chosen by its button, filled in, and sent with the page as origin', async () => {
  const origin = await serve((req, res) => {
    if (req.method === 'POST') void echo(req, res);
    else
      res.end(`<form method=post action=/no><button>Deny</button></form>
      <form method=post action=/yes><input type=hidden name=digest value=d1><input name=comment>
      <button name=decision value=approve>Approve</button></form>`);
  });
  const browser = new Browser();
  const page = await browser.get(`${origin}/review`);
  const sent = await browser.submit(page, { button: 'Approve', fields: { comment: 'fine' } });
  expect(JSON.parse(sent.body)).toEqual({
    method: 'POST',
    url: '/yes',
    origin,
    site: 'same-origin',
    body: 'digest=d1&comment=fine&decision=approve',
  });
  const byAction = await browser.submit(page, { action: '/no' });
  expect(JSON.parse(byAction.body)).toMatchObject({ url: '/no', body: '' });
  await expect(browser.submit(page, { button: 'Delete' })).rejects.toThrow('[Deny]');
});

test('redirects carry cookies, turn a form into a GET on 303 and repeat it on 307', async () => {
  const end = await serve((req, res) => void echo(req, res));
  const start = await serve((req, res) => {
    const status = Number(req.url?.slice(1));
    res.writeHead(status, { location: `${end}/end`, 'set-cookie': 's=1; Path=/' }).end();
  });
  const browser = new Browser();
  const seen = async (path: string, from?: string) => {
    const page = await browser.post(`${start}${path}`, { a: '1' }, from === undefined ? {} : { from });
    return JSON.parse(page.body) as unknown;
  };
  expect(await seen('/303')).toMatchObject({ method: 'GET', url: '/end', site: 'same-site', body: '' });
  expect(await seen('/307')).toMatchObject({ method: 'POST', origin: start, body: 'a=1' });
  expect(await seen('/307', 'http://evil.example.com/')).toMatchObject({
    origin: 'null',
    site: 'cross-site',
  });
  expect(browser.cookies.get(start, 's')).toBe('1');
});

test('a redirect to the given address is returned and not followed; a loop ends with an error', async () => {
  const requested: string[] = [];
  const origin = await serve((req, res) => {
    requested.push(req.url ?? '');
    res.writeHead(302, { location: req.url === '/loop' ? '/loop' : '/callback?code=1' }).end();
  });
  const page = await new Browser().get(`${origin}/start`, { stopAt: `${origin}/callback` });
  expect(page).toMatchObject({ stopped: true, url: `${origin}/callback?code=1`, status: 302 });
  expect(requested).toEqual(['/start']);
  await expect(new Browser().get(`${origin}/loop`, { maxRedirects: 3 })).rejects.toThrow('3 redirects');
  expect(requested).toHaveLength(5);
});
