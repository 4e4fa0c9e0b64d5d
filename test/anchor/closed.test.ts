import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './history.ts';
import { putBackToYesterday, type Yesterday } from './yesterday.ts';

// One restore, what is left of the days before it, and what works until two operators have confirmed.

const none = '0'.repeat(26);
let yesterday: Yesterday;
beforeAll(async () => {
  yesterday = await putBackToYesterday();
});
afterAll(() => yesterday?.history.end());

describe('what the copy brings back does not work', () => {
  test('no token and no cookie of before', async () => {
    for (const persona of Object.values(yesterday.people)) {
      expect((await yesterday.daypass.call(persona, 'GET', '/v1/me')).status).toBe(401);
      const page = await yesterday.daypass.world.app.inject({
        url: '/requests/new',
        headers: { cookie: persona.cookie },
      });
      expect(page.statusCode).toBe(303);
    }
  });

  test('no grant: all are ending, also those that have not begun', async () => {
    const found = await yesterday.rows('SELECT id, state, ended_because FROM grants ORDER BY id');
    expect(found).toEqual([
      { id: yesterday.grant, state: 'ending', ended_because: 'revoked' },
      { id: yesterday.later, state: 'ending', ended_because: 'revoked' },
    ]);
  });

  test('no session: what may have been issued since is denied in AWS and waited out', async () => {
    const found = await yesterday.rows(
      `SELECT s.state, s.last_possible_use > d.created_at AS waited, d.lapses_at >= s.last_possible_use AS denied
       FROM sessions s JOIN denies d ON d.grant_id = s.grant_id WHERE s.failure IS NOT NULL`,
    );
    expect(found).toEqual([{ state: 'unknown', waited: true, denied: true }]);
    expect(
      await yesterday.rows(
        `SELECT kind FROM audit_events WHERE session IN (SELECT id FROM sessions WHERE failure IS NOT NULL) ORDER BY id`,
      ),
    ).toEqual([{ kind: 'session.unknown' }]);
  });

  test('no request that was pending: it may have been denied since', async () => {
    expect(await yesterday.rows(`SELECT state FROM requests WHERE id = '${yesterday.pending}'`)).toEqual([
      { state: 'cancelled' },
    ]);
  });

  test('no code, no sign-in under way and no chat account', async () => {
    for (const table of ['authorization_codes', 'sign_in_attempts', 'chat_link_codes', 'chat_links'])
      expect(await yesterday.rows(`SELECT FROM ${table}`)).toEqual([]);
    const [factor] = await yesterday.daypass.world.sql<{ step: string }>(
      'SELECT last_used_step AS step FROM totp_factors',
    );
    expect(Number(factor?.step)).toBe(
      Math.floor(yesterday.daypass.world.deps.clock().getTime() / 30_000) + 1,
    );
  });

  test('no right that was handed over: its owner may have taken it back since', async () => {
    expect(await yesterday.rows('SELECT ended_at IS NOT NULL AS ended, ended_by FROM delegations')).toEqual([
      { ended: true, ended_by: null },
    ]);
  });

  test('and all of it is on record', async () => {
    const [event] = await yesterday.daypass.world.sql<{ details: unknown }>(
      "SELECT leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'database.closed'",
    );
    expect(event?.details).toMatchObject({
      reason: 'older_database',
      signInsRevoked: 12,
      grantsEnding: 2,
      requestsCancelled: 1,
      chatAccountsUnlinked: 1,
      delegationsEnded: 1,
    });
    expect(await yesterday.rows("SELECT subject FROM audit_events WHERE kind = 'chat.unlinked'")).toEqual([
      { subject: yesterday.people.approver.id },
    ]);
  });
});

describe('while it is closed, for those who sign in anew,', () => {
  let open: { id: string; digest: string };
  let active: string;
  beforeAll(async () => {
    await yesterday.signInAgain();
    const { engineer, approver } = yesterday.people;
    await yesterday.pastTheGates(async () => {
      const asked = await yesterday.daypass.call(engineer, 'POST', '/v1/requests', ask);
      open = { id: String(asked.body['id']), digest: String(asked.body['digest']) };
      active = await yesterday.daypass.getAccess(engineer, approver);
      // Stays active for what PostgreSQL is asked.
      await yesterday.daypass.getAccess(engineer, approver);
    });
  });

  const review = (decision: string) => ({ decision, digest: open.digest });
  const closed = { status: 503, body: { code: 'closed' } };

  test('asking is refused, and says what has to happen', async () => {
    const { engineer } = yesterday.people;
    const answer = await yesterday.daypass.call(engineer, 'POST', '/v1/requests', ask);
    expect(answer).toMatchObject(closed);
    expect(answer.body['detail']).toContain('daypass closure confirm');
    const raw = await yesterday.daypass.world.app.inject({
      method: 'POST',
      url: '/v1/requests',
      headers: { authorization: `Bearer ${engineer.token}` },
      payload: ask,
    });
    expect(raw.headers['retry-after']).toBe('60');
  });

  test.each(['approve', 'deny'])('the answer %s is refused', async (decision) => {
    const url = `/v1/requests/${open.id}/reviews`;
    expect(
      await yesterday.daypass.call(yesterday.people.approver, 'POST', url, review(decision)),
    ).toMatchObject(closed);
  });

  test('GraphQL refuses the same', async () => {
    for (const [persona, field] of [
      [
        yesterday.people.engineer,
        `submitRequest(input: { entitlements: ["prod/admin"], durationSeconds: 900, reason: "x" })`,
      ],
      [
        yesterday.people.approver,
        `reviewRequest(id: "${open.id}", decision: approve, digest: "${open.digest}")`,
      ],
    ] as const) {
      const { body } = await yesterday.daypass.call(persona, 'POST', '/graphql', {
        query: `mutation { ${field} { id } }`,
      });
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'closed' } }] });
    }
  });

  test('the pages refuse the same', async () => {
    for (const [persona, url, fields] of [
      [
        yesterday.people.engineer,
        '/requests/new',
        { entitlement: 'prod/admin', duration: '10m', reason: 'x', idempotencyKey: 'k-1' },
      ],
      [yesterday.people.approver, `/requests/${open.id}/review`, review('approve')],
    ] as const) {
      const page = await yesterday.daypass.world.app.inject({
        method: 'POST',
        url,
        headers: { cookie: persona.cookie, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ ...fields, formToken: persona.formToken }).toString(),
      });
      expect(page.statusCode).toBe(503);
      expect(page.body).toContain('two operators');
    }
  });

  test('credentials are refused, and AWS is not asked', async () => {
    const sessions = () => yesterday.rows('SELECT id FROM sessions');
    const before = await sessions();
    expect(
      await yesterday.daypass.call(yesterday.people.engineer, 'POST', `/v1/grants/${active}/sessions`),
    ).toMatchObject(closed);
    expect(await sessions()).toEqual(before);
  });

  test('who was refused is on record', async () => {
    const refused = await yesterday.rows(
      `SELECT DISTINCT kind FROM audit_events WHERE leaf::jsonb #>> '{details,code}' = 'closed' ORDER BY kind`,
    );
    expect(refused).toEqual([{ kind: 'access.denied' }, { kind: 'review.refused' }]);
  });

  test('reading, cancelling and ending go on', async () => {
    const { engineer } = yesterday.people;
    expect((await yesterday.daypass.call(engineer, 'GET', '/v1/requests')).status).toBe(200);
    expect((await yesterday.daypass.call(engineer, 'GET', `/v1/grants/${active}`)).body).toMatchObject({
      state: 'active',
    });
    expect(await yesterday.daypass.call(engineer, 'POST', `/v1/grants/${active}/end`)).toMatchObject({
      status: 200,
      body: { state: 'ending' },
    });
    expect(await yesterday.daypass.call(engineer, 'POST', `/v1/requests/${open.id}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
  });

  test('metrics say so', async () => {
    const { body } = await yesterday.daypass.world.app.inject({ url: '/metrics' });
    expect(body).toMatch(/^daypass_closed 1$/m);
  });

  describe('and PostgreSQL, asked by the application’s role itself,', () => {
    let client: pg.Client;
    beforeAll(async () => {
      const url = new URL(yesterday.history.database.appUrl);
      const [name] = await yesterday.daypass.world.sql<{ name: string }>('SELECT current_database() AS name');
      url.pathname = `/${name?.name}`;
      client = new pg.Client({ connectionString: url.href });
      await client.connect();
    });
    afterAll(() => client.end());

    const closure = '(SELECT id FROM closures WHERE opened_at IS NULL)';
    test.each([
      [
        'issues no session',
        `INSERT INTO sessions (id, grant_id, sign_in_id, state, role_session_name, duration_seconds, last_possible_use, created_at)
         SELECT 'ses_${none}', id, (SELECT id FROM sign_ins LIMIT 1), 'issuing', 'x', 900, ends_at, starts_at
         FROM grants WHERE state = 'active'`,
        'closed_until_confirmed',
      ],
      [
        'makes no grant',
        `INSERT INTO grants (id, request_id, person_id, entitlement, terms, state, starts_at, ends_at, created_at)
         SELECT 'grt_${none}', request_id, person_id, entitlement, terms, 'scheduled', starts_at, ends_at, created_at
         FROM grants LIMIT 1`,
        'closed_until_confirmed',
      ],
      [
        'makes no grant active',
        `UPDATE grants SET state = 'active' WHERE state = 'ending'`,
        'closed_until_confirmed',
      ],
      ['takes no request', `INSERT INTO requests (id) VALUES ('x')`, 'closed_until_confirmed'],
      [
        'opens nothing that was not confirmed',
        `UPDATE closures SET opened_at = now() WHERE opened_at IS NULL`,
        'closures_take_two',
      ],
      [
        'takes no closure for its own successor',
        `UPDATE closures SET opened_at = now(), superseded_by = id WHERE opened_at IS NULL`,
        'closures_superseded_is_over',
      ],
      [
        'takes no confirmation under a sign-in of before',
        `INSERT INTO closure_confirmations SELECT ${closure}, s.person_id, s.id, 'x', now() FROM sign_ins s ORDER BY s.id LIMIT 1`,
        'closure_confirmations_fresh',
      ],
    ])('%s', async (_what, statement, constraint) => {
      await expect(client.query(statement)).rejects.toMatchObject({ constraint });
    });

    test.each([
      `DELETE FROM closures`,
      `UPDATE closures SET reason = 'other_database'`,
      `DELETE FROM closure_confirmations`,
      `UPDATE closure_confirmations SET person_id = 'x'`,
      `UPDATE database_identity SET id = gen_random_uuid()`,
      `DELETE FROM database_identity`,
    ])('has no right to %s', async (statement) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    });

    test('counts no further than by one', async () => {
      await expect(client.query('UPDATE database_identity SET mark = mark + 2')).rejects.toMatchObject({
        constraint: 'database_identity_counts_up',
      });
    });
  });
});
