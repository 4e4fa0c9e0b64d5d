import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ephemeral, reviewed } from '../../src/channels/slack/render.ts';
import { personFromClaims } from '../../src/identity/person-claims.ts';
import { type Cast, gather } from './cast.ts';
import { makeRequest, review } from './known.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

// What an approver would not see as it is: it hides, turns around, or moves what stands beside it.
const hiding = [
  ['NUL', 'a\0b'],
  ['escape sequences', '\u001b[2J\u001b[1;1Happroved'],
  ['a C1 control', 'a\u009bb'],
  ['backspaces', 'deny\b\b\b\bok'],
  ['a carriage return', 'deny\rok'],
  ['an override from right to left', 'a\u202egnp.exe'],
  ['an embedding', 'a\u202bb'],
  ['isolates', 'a\u2067b\u2069'],
  ['a line separator', 'a\u2028b'],
  ['a paragraph separator', 'a\u2029b'],
  ['invisible tags', 'read\u{e0064}\u{e0065}\u{e006c} only'],
  ['half of a character', 'a\ud800b'],
] as const;

// What is only strange: shown as it is, with nothing of it turned into markup.
const strange = [
  ['look-alikes', 'pr\u043ed\u2215\u0430dmin'],
  ['full width', '\uff50\uff52\uff4f\uff44'],
  ['stacked accents', 'Z\u0351\u036b\u0343\u036a\u0302'],
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['quotes', `"><a href='javascript:x'>&amp;`],
  ['mentions of Slack', '<!channel> <@U1> <https://evil.example|prod> *bold* `code`'],
  ['joined emoji', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
  ['Arabic and Hebrew', '\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd'],
  ['lines', 'one\ntwo\tthree'],
] as const;

let world: World;
let cast: Cast;
beforeAll(async () => {
  world = await startWorld();
  cast = await gather(world);
});
afterAll(() => world.stop());

async function ask(over: object) {
  return world.app.inject({
    method: 'POST',
    url: '/v1/requests',
    headers: bearer(cast.requester.persona as Persona),
    payload: { entitlements: ['prod/admin'], durationSeconds: 600, reason: 'To work', ...over },
  });
}

describe('people’s own words', () => {
  test.each(hiding)('with %s are refused wherever they are typed', async (_what, text) => {
    for (const over of [{ reason: text }, { ticket: text }]) {
      const answer = await ask(over);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_input' });
      // An error does not hand on what it refuses.
      expect(answer.body).not.toContain(text);
    }
    const made = await makeRequest(world, cast.requester, 'prod/admin');
    const answer = await world.app.inject({
      method: 'POST',
      url: `/v1/requests/${made.id}/reviews`,
      headers: bearer(cast.approver.persona as Persona),
      payload: { decision: 'approve', digest: made.digest, comment: text },
    });
    expect(answer.statusCode).toBe(400);
    const said = await world.app.inject({
      method: 'POST',
      url: `/v1/requests/${made.id}/comments`,
      headers: bearer(cast.approver.persona as Persona),
      payload: { text },
    });
    expect(said.statusCode).toBe(400);
    expect(said.body).not.toContain(text);
    const [grant] = await review(world, cast.approver, made, 'approve');
    for (const [url, payload] of [
      [`/v1/grants/${grant}/end`, { because: text }],
      [
        '/graphql',
        {
          query: 'mutation ($t: String) { endGrant(id: "ID", because: $t) { id } }'.replace(
            'ID',
            grant ?? '',
          ),
          variables: { t: text },
        },
      ],
    ] as const) {
      const ended = await world.app.inject({
        method: 'POST',
        url,
        headers: bearer(cast.requester.persona as Persona),
        payload,
      });
      expect(ended.body).toContain('invalid_input');
    }
  });

  test.each(strange)('with %s are kept as they are and shown as text', async (_what, text) => {
    const answer = await ask({ reason: text });
    expect(answer.statusCode).toBe(201);
    const { id, reason } = answer.json<{ id: string; reason: string }>();
    expect(reason).toBe(text);
    const asked = await world.app.inject({
      method: 'POST',
      url: `/v1/requests/${id}/comments`,
      headers: bearer(cast.approver.persona as Persona),
      payload: { text, question: true },
    });
    expect(asked.json()).toMatchObject({ question: { text }, comments: [{ text }] });
    const page = await world.app.inject({
      url: `/requests/${id}`,
      headers: { cookie: cast.approver.persona?.cookie ?? '' },
    });
    expect(page.body).toContain(escaped(text));
    expect(page.body).not.toMatch(/<script|<img|<a href='javascript/);
  });

  test('never reach the log', async () => {
    const secretWords = 'word-that-only-the-approver-reads';
    await ask({ reason: secretWords });
    await ask({ reason: `${secretWords}\0` });
    expect(world.logged.join('')).not.toContain(secretWords);
  });
});

describe('a name from the identity provider', () => {
  const named = (name: unknown) =>
    personFromClaims({ iss: 'https://idp.test', sub: 's', name }, 'groups')?.name;

  test.each(hiding)('with %s loses what hides', (_what, text) => {
    // oxlint-disable-next-line no-misleading-character-class -- each of these by itself
    expect(named(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u);
    expect(named(text)?.isWellFormed()).toBe(true);
  });

  test.each([
    ['\u200b\u2060\ufeffAda', 'Ada'],
    ['Ada\u061c\u200e\u200f\u00ad', 'Ada'],
    ['\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['\u202e\u0007', null],
    ['x'.repeat(5_000), 'x'.repeat(200)],
    [{ toString: 'Ada' }, null],
  ])('%j is shown as %j', (name, shown) => {
    expect(named(name)).toBe(shown);
  });

  test.each(strange)('with %s is text in page, chat and answer', async (_what, text) => {
    const persona = await world.person(text, ['engineers']);
    const made = await world.app.inject({
      method: 'POST',
      url: '/v1/requests',
      headers: bearer(persona),
      payload: { entitlements: ['prod/admin'], durationSeconds: 600, reason: 'To work' },
    });
    const view = made.json<Parameters<typeof reviewed>[0]>();
    const page = await world.app.inject({
      url: `/requests/${view.id}`,
      headers: { cookie: cast.approver.persona?.cookie ?? '' },
    });
    expect(page.body).toContain(`<bdi>${escaped(text)}</bdi>`);
    const said = ephemeral(reviewed(view, 'approve')).text;
    expect(said).not.toMatch(/<|>/);
    expect(said).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b\u009b]/);
    expect(world.logged.join('')).not.toContain(JSON.stringify(text));
  });
});

describe('a log line', () => {
  test('stays one line of JSON whatever the address of the call', async () => {
    const from = world.logged.length;
    for (const url of ['/%0a%0d{"level":"info"}', '/\u2028', '/?a=%1b%5b2J', '/v1/me%00'])
      await world.app.inject({ url });
    const lines = world.logged.slice(from);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) {
      expect(line.trimEnd()).not.toMatch(/[\n\r\u001b\u2028]/);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });
});

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
