import { createHmac } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDenials } from '../../src/api/denials.ts';
import { slackRoutes } from '../../src/api/inbound/slack.ts';
import { createChatLinkCode } from '../../src/channels/create-chat-link-code.ts';
import { Secret } from '../../src/keys/secret.ts';
import { callerOf, startWorld, type TestPerson, type World } from '../approvals/world.ts';

const secret = 'slack-signing-secret';
let world: World;
let app: FastifyInstance;
let engineer: TestPerson;
let approver: TestPerson;
const counted: string[] = [];
let users = 0;

beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin <!channel>', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
  app = Fastify();
  app.decorateRequest('caller', null);
  app.decorate('denials', createDenials({ ...world.deps, countStranger: (kind) => counted.push(kind) }));
  // Another part of the edge reads JSON and forms its own way; neither may reach into this route.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, _body, done) => {
      done(new Error('not this one'));
    },
  );
  await slackRoutes(app, {
    slack: {
      ...world.deps,
      signingSecret: new Secret(secret),
      publicUrl: new URL('https://daypass.example/'),
      teamIds: ['T1', 'T2'],
    },
    countStranger: (kind) => counted.push(kind),
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await world.stop();
});

function sign(body: string, timestamp = String(Math.floor(world.now().getTime() / 1000)), key = secret) {
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`,
  };
}

async function post(body: string, headers: Record<string, string> = sign(body)) {
  const reply = await app.inject({ method: 'POST', url: '/channels/slack', payload: body, headers });
  return { status: reply.statusCode, text: reply.json<{ text?: string }>().text ?? '', reply };
}

const command = (user: string, text: string, team = 'T1') =>
  new URLSearchParams({ command: '/daypass', team_id: team, user_id: user, text }).toString();

const button = (
  user: string,
  asked: { id: string | null; digest: string },
  decision: 'approve' | 'deny' = 'approve',
  team = 'T1',
) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      team: { id: team },
      user: { id: user },
      actions: [
        {
          action_id: `daypass_${decision}`,
          value: JSON.stringify({ request: asked.id, digest: asked.digest }),
        },
      ],
    }),
  }).toString();

async function code(person: TestPerson): Promise<string> {
  return (await createChatLinkCode(world.deps, callerOf(person, world.now()))).code;
}

async function linkedUser(person: TestPerson): Promise<string> {
  const user = `U${++users}`;
  const { text } = await post(command(user, `link ${await code(person)}`));
  expect(text).toContain('now linked');
  return user;
}

const chatRequest = () => world.ask(engineer, { entitlements: ['prod/chat'] });

describe('the signature', () => {
  test('a callback that is not signed, or not by Slack, gets a 401 without detail, does nothing, and is counted', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    const body = button(user, asked);
    const before = counted.length;
    const stale = String(Math.floor(world.now().getTime() / 1000) - 301);
    const future = String(Math.floor(world.now().getTime() / 1000) + 301);
    const attempts: Record<string, string>[] = [
      { 'content-type': 'application/x-www-form-urlencoded' },
      sign(body, undefined, 'another'),
      sign(`${body}&x=1`),
      sign(body, stale),
      sign(body, future),
    ];
    for (const headers of attempts) {
      const { status, reply } = await post(body, headers);
      expect(status).toBe(401);
      expect(reply.json()).toMatchObject({
        code: 'unauthenticated',
        detail: 'This is not a signed callback.',
      });
    }
    expect(counted.slice(before)).toEqual(attempts.map(() => 'slack_signature'));
    expect(await world.count("requests WHERE id = $1 AND state = 'pending'", [asked.id])).toBe(1);
  });

  test('only forms are taken, and an empty one has no signature that holds', async () => {
    expect((await post('{}', { ...sign('{}'), 'content-type': 'application/json' })).status).toBe(415);
    expect((await post('', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(401);
  });

  test('a replay, however often and at once, answers harmlessly and does nothing', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    const body = button(user, asked);
    const headers = sign(body);
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(body, headers)));
    const later = await post(body, headers);
    const replays = [...answers, later].filter(({ text }) => text === 'Daypass has already handled this.');
    expect(replays).toHaveLength(6);
    for (const { status } of [...answers, later]) expect(status).toBe(200);
    expect((await world.kinds(asked.id)).filter((kind) => kind === 'review.recorded')).toHaveLength(1);
    expect((await world.kinds(asked.id)).filter((kind) => kind === 'access.denied')).toEqual([]);
  });

  test('what is remembered of a signature outlives its window and is then forgotten', async () => {
    const body = command('U-once', 'help');
    const headers = sign(body);
    await post(body, headers);
    world.move(300);
    expect((await post(body, headers)).text).toBe('Daypass has already handled this.');
    world.move(1);
    expect((await post(body, headers)).status).toBe(401);
    world.move(1);
    await post(command('U-once', 'help'));
    const now = Math.floor(world.now().getTime() / 1000);
    expect(await world.count('callback_replays WHERE expires_at < to_timestamp($1)', [now])).toBe(0);
  });
});

describe('a fault', () => {
  // Stands for a database that goes away: whatever writes the named table fails.
  async function without<T>(table: string, body: () => Promise<T>): Promise<T> {
    await world.root.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    try {
      return await body();
    } finally {
      await world.root.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    }
  }

  test('in the middle of an act forgets the callback with it, so that the same one can be sent again', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    const body = button(user, asked);
    const headers = sign(body);
    expect((await without('reviews', () => post(body, headers))).status).toBe(500);
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
    expect((await post(body, headers)).text).toContain('You approved');
    expect((await post(body, headers)).text).toBe('Daypass has already handled this.');
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(1);
  });

  test('while linking leaves the code and the callback unused', async () => {
    const person = await world.person('Fay', ['approvers']);
    const body = command('U-fault', `link ${await code(person)}`);
    const headers = sign(body);
    expect((await without('audit_personal_data', () => post(body, headers))).status).toBe(500);
    expect((await post(body, headers)).text).toContain('now linked');
  });

  test('a refusal is remembered: sent again it is not judged anew', async () => {
    const user = await linkedUser(await world.person('Rae', ['others']));
    const asked = await chatRequest();
    const body = button(user, asked);
    const headers = sign(body);
    expect((await post(body, headers)).text).toContain('no such request');
    expect((await post(body, headers)).text).toBe('Daypass has already handled this.');
    expect((await world.kinds(asked.id)).filter((kind) => kind === 'access.denied')).toHaveLength(1);
  });
});

describe('another workspace', () => {
  test('gets the answer of an account that nobody linked, links nothing, and leaves the code unused', async () => {
    const person = await world.person('Eve', ['approvers']);
    const typed = await code(person);
    const { text } = await post(command('U-evil', `link ${typed}`, 'T0EVIL'));
    expect(text).toBe((await post(button('U-nobody', await chatRequest()))).text);
    expect(counted.at(-2)).toBe('slack_workspace');
    expect(await world.count('chat_links WHERE person_id = $1', [person.id])).toBe(0);
    expect((await post(command('U-own', `link ${typed}`))).text).toContain('now linked');
  });

  test('decides nothing, also with a link from before it was left out', async () => {
    await world.root.query("INSERT INTO chat_links VALUES ('slack', 'T0EVIL', 'U-old', $1, now())", [
      approver.id,
    ]);
    const asked = await chatRequest();
    const { text } = await post(button('U-old', asked, 'approve', 'T0EVIL'));
    expect(text).toContain('does not know this chat account');
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
    expect((await post(command('U-old', 'unlink', 'T0EVIL'))).text).toContain('does not know');
    expect(await world.count("chat_links WHERE external_id = 'U-old'")).toBe(1);
  });
});

describe('deciding', () => {
  test('a linked approver approves through the same use case, with the record saying it came by chat', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    const { status, text, reply } = await post(button(user, asked));
    expect(status).toBe(200);
    expect(reply.json()).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'You approved the request of Erin &lt;!channel&gt; for prod/chat (15m).',
    });
    expect(text).not.toContain('<');
    const { rows } = await world.root.query('SELECT reviewer, via FROM reviews WHERE request_id = $1', [
      asked.id,
    ]);
    expect(rows).toEqual([{ reviewer: approver.id, via: 'slack' }]);
    expect(await world.count("grants WHERE request_id = $1 AND state = 'scheduled'", [asked.id])).toBe(1);
    expect((await post(button(user, asked, 'deny'))).text).toContain('already approved');
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(1);
  });

  test('a denial denies', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    expect((await post(button(user, asked, 'deny'))).text).toContain('You denied');
    expect(await world.count("requests WHERE id = $1 AND state = 'denied'", [asked.id])).toBe(1);
  });

  test('what demands more than a chat proves is sent to the pages, however fresh the chat is', async () => {
    const user = await linkedUser(approver);
    const asked = await world.ask(engineer);
    for (const decision of ['approve', 'deny'] as const) {
      const { text } = await post(button(user, asked, decision));
      expect(text).toContain(`https://daypass.example/requests/${asked.id}`);
      expect(text).toContain('stronger sign-in');
    }
    expect(await world.count("requests WHERE id = $1 AND state = 'pending'", [asked.id])).toBe(1);
    expect((await world.kinds(asked.id)).filter((kind) => kind === 'access.denied')).toHaveLength(2);
  });

  test('a demand for freshness is never met by a chat', async () => {
    await world.change('approve: single-factor', 'approve: { level: single-factor, maxAge: 720h }');
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    expect((await post(button(user, asked))).text).toContain('stronger sign-in');
    await world.restore();
  });

  test('one may not answer in chat what one may not answer elsewhere', async () => {
    const asked = await chatRequest();
    const own = await linkedUser(engineer);
    expect((await post(button(own, asked))).text).toContain('may not answer');
    const outsider = await linkedUser(await world.person('Otto', ['others']));
    const missing = { id: 'req_00000000000000000000000000', digest: asked.digest };
    expect((await post(button(outsider, asked))).text).toBe((await post(button(outsider, missing))).text);
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('an old digest is refused, and the page is named', async () => {
    const user = await linkedUser(approver);
    const asked = await chatRequest();
    const { text } = await post(button(user, { ...asked, digest: `sha256:${'0'.repeat(64)}` }));
    expect(text).toContain('not what you reviewed');
    expect(text).toContain(`/requests/${asked.id}`);
  });

  test('an account that nobody linked learns how to link, and nothing else', async () => {
    const asked = await chatRequest();
    const before = counted.length;
    const { text } = await post(button('U-stranger', asked));
    const { text: other } = await post(
      button('U-stranger', { id: 'req_00000000000000000000000000', digest: asked.digest }),
    );
    expect(text).toBe(other);
    expect(text).toContain('`/daypass link CODE`');
    expect(counted.slice(before)).toEqual(['slack_unlinked', 'slack_unlinked']);
    expect(await world.kinds(asked.id)).toEqual(['request.submitted']);
  });

  test('a person who has left decides nothing', async () => {
    const leaver = await world.person('Lee', ['approvers']);
    const user = await linkedUser(leaver);
    const asked = await chatRequest();
    await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [leaver.id]);
    expect((await post(button(user, asked))).text).toContain('no longer active');
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('a button that Daypass did not make does nothing', async () => {
    expect((await post('payload=%7B%22type%22%3A%22block_actions%22%7D')).text).toContain(
      'does not understand',
    );
    expect((await post(command('U1', 'approve everything'))).text).toContain('/daypass link CODE');
  });
});

describe('linking', () => {
  const linkOf = async (user: string) => {
    const { rows } = await world.root.query<{ person_id: string }>(
      "SELECT person_id FROM chat_links WHERE workspace = 'T1' AND external_id = $1",
      [user],
    );
    return rows[0]?.person_id ?? null;
  };
  const link = async (user: string, typed: string) => (await post(command(user, `link ${typed}`))).text;

  test('is recorded with the person as the actor, and the account as a commitment', async () => {
    const person = await world.person('Rec', ['approvers']);
    const user = await linkedUser(person);
    const { rows } = await world.root.query<{ leaf: string }>(
      "SELECT leaf FROM audit_events WHERE kind = 'chat.linked' AND actor = $1",
      [person.id],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]?.leaf ?? '')).toMatchObject({
      subject: person.id,
      details: { channel: 'slack', workspace: 'T1' },
    });
    expect(rows[0]?.leaf).not.toContain(`"${user}"`);
  });

  test('a code works once, for ten minutes, and only the newest', async () => {
    const person = await world.person('Cody', ['approvers']);
    const first = await code(person);
    const second = await code(person);
    expect(await link('U-c1', first)).toContain('not valid');
    expect(await link('U-c1', second.toLowerCase())).toContain('now linked');
    expect(await link('U-c2', second)).toContain('not valid');
    const old = await code(person);
    world.move(600);
    expect(await link('U-c2', old)).toContain('not valid');
    expect(await link('U-c2', 'rubbish')).toContain('not valid');
    expect([await linkOf('U-c1'), await linkOf('U-c2')]).toEqual([person.id, null]);
  });

  test('one code typed in two accounts at once links one', async () => {
    const person = await world.person('Dee', ['approvers']);
    const typed = await code(person);
    const texts = await Promise.all(['U-d1', 'U-d2', 'U-d3'].map((user) => link(user, typed)));
    expect(texts.filter((text) => text.includes('now linked'))).toHaveLength(1);
  });

  test("somebody else's account stays theirs until they unlink it", async () => {
    const victim = await world.person('Vic', ['approvers']);
    const thief = await world.person('Theo', ['engineers']);
    const user = await linkedUser(victim);
    expect(await link(user, await code(thief))).toContain('linked to somebody else');
    expect(await linkOf(user)).toBe(victim.id);
    expect((await post(command(user, 'unlink'))).text).toContain('no longer linked');
    expect(await world.count("audit_events WHERE kind = 'chat.unlinked' AND actor = $1", [victim.id])).toBe(
      1,
    );
    expect(await link(user, await code(thief))).toContain('now linked');
    expect(await linkOf(user)).toBe(thief.id);
  });

  test('linking again moves the link of the same person, so that an old account stops counting', async () => {
    const person = await world.person('Mo', ['approvers']);
    const before = await linkedUser(person);
    const after = await linkedUser(person);
    expect([await linkOf(before), await linkOf(after)]).toEqual([null, person.id]);
    expect(await link(after, await code(person))).toContain('now linked');
  });

  test('the same user id in another workspace is somebody else', async () => {
    const person = await world.person('Wes', ['approvers']);
    const user = await linkedUser(person);
    expect((await post(command(user, 'unlink', 'T2'))).text).toContain('does not know this chat account');
    expect(await linkOf(user)).toBe(person.id);
  });

  test('a person who has left links nothing', async () => {
    const leaver = await world.person('Lu', ['approvers']);
    const typed = await code(leaver);
    await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [leaver.id]);
    expect(await link('U-left', typed)).toContain('no longer active');
    expect(await linkOf('U-left')).toBeNull();
  });

  test('codes are kept as hashes', async () => {
    const typed = await code(engineer);
    const { rows } = await world.root.query<{ text: string }>(
      "SELECT encode(code_hash, 'escape') AS text FROM chat_link_codes",
    );
    expect(rows.map((row) => row.text).join()).not.toContain(typed);
  });
});
