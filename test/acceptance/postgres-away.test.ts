import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CutWhen } from '../../dev/chaos/postgres-proxy.ts';
import { type Site, startSite } from '../../dev/chaos/site.ts';
import type { Answer, Person } from '../../dev/demo/person.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';
import { testDatabaseInUse } from './database-in-use.ts';

let site: Site;
let engineer: Person;
let approver: Person;

beforeAll(async () => {
  site = await startSite({ on: await testDatabaseInUse(), users: DEV_USERS });
  const [erin, avery] = DEV_USERS;
  if (erin === undefined || avery === undefined) throw new Error('the cast is not there');
  engineer = await site.person(erin);
  approver = await site.person(avery);
});
afterAll(() => site?.stop());

const manners = [
  { name: 'before a statement reaches Postgres', when: 'before', refuse: false },
  { name: 'after a statement was carried out, its answer lost', when: 'after', refuse: false },
  { name: 'before a statement, and no new connection is let in', when: 'before', refuse: true },
] as const satisfies readonly { name: string; when: CutWhen; refuse: boolean }[];
type Manner = (typeof manners)[number];

// Sweeps run beside the calls: a cut that met one of their statements is made again.
const mostTries = 20;

interface Round {
  readonly sql: string;
  readonly answer: Answer;
}

/** The statements of one call, from two calls that took the same: nothing else came in between. */
async function statementsOf(
  call: () => Promise<Answer>,
  prepare: () => Promise<unknown>,
): Promise<readonly string[]> {
  let before: readonly string[] = [];
  for (let tries = 0; tries < mostTries; tries++) {
    await prepare();
    site.proxy.arm(null);
    expect((await call()).status).toBeLessThan(300);
    const { trace } = site.proxy.recover();
    if (trace.length > 0 && trace.join() === before.join()) return trace;
    before = trace;
  }
  throw new Error('a call never took the same statements twice');
}

/** Calls once for each of its statements, cut at that one. */
async function cutEverywhere(
  manner: Manner,
  call: () => Promise<Answer>,
  prepare: () => Promise<unknown> = async () => undefined,
): Promise<Round[]> {
  const rounds: Round[] = [];
  const statements = await statementsOf(call, prepare);
  for (const [i, sql] of statements.entries()) rounds.push(await cutAt(i + 1, sql, manner, call, prepare));
  return rounds;
}

async function cutAt(
  statement: number,
  sql: string,
  manner: Manner,
  call: () => Promise<Answer>,
  prepare: () => Promise<unknown>,
): Promise<Round> {
  for (let tries = 0; tries < mostTries; tries++) {
    await prepare();
    site.proxy.arm({ statement, ...manner });
    const answer = await call();
    const { hit } = site.proxy.recover();
    await untilReady();
    if (hit === sql && answer.status >= 300) return { sql, answer };
  }
  throw new Error(`no call failed over ${sql}`);
}

async function untilReady(): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    expect(site.stack.daypass.exitCode).toBeNull();
    const answer = await fetch(`${site.stack.url}/readyz`);
    await answer.body?.cancel();
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Daypass did not recover');
}

function expectUnavailable(rounds: readonly Round[]): void {
  for (const { sql, answer } of rounds) {
    expect({ sql, status: answer.status, code: answer.body.code }).toEqual({
      sql,
      status: 503,
      code: 'audit_unavailable',
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/ASIA|secretAccessKey|sessionToken/i);
  }
}

/** What the statements that were cut do: `begin`, `commit`, `insert into sessions`, … */
function statementsCut(rounds: readonly Round[]): string[] {
  return rounds.flatMap(({ sql }) =>
    [...sql.toLowerCase().matchAll(/^begin|^commit|(?:insert into|update) "?\w+/g)].map(([text]) =>
      text.replace('"', ''),
    ),
  );
}

async function ask(
  durationSeconds: number,
  startAt: string | null = null,
): Promise<{ id: string; digest: string }> {
  const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
    entitlements: ['prod/readonly'],
    durationSeconds,
    startAt,
    reason: 'Look while the database goes away',
  });
  expect(asked.status).toBe(201);
  return asked.body;
}

async function approve(request: { id: string; digest: string }): Promise<Answer> {
  return approver.call('POST', `/v1/requests/${request.id}/reviews`, {
    decision: 'approve',
    digest: request.digest,
  });
}

/** A grant under which a session was issued already, so that each further one takes the same statements. */
async function activeGrant(): Promise<string> {
  const approved = await approve(await ask(900));
  const id = (approved.body.grants as { id: string }[])[0]?.id ?? '';
  for (let tries = 0; tries < 400; tries++) {
    if ((await engineer.call('POST', `/v1/grants/${id}/sessions`)).status === 201) return id;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`grant ${id} did not become active`);
}

describe.each(manners)('every connection cut $name', (manner) => {
  test('issuing: 503, no credential in any body, and nothing asked of AWS that was not on record first', {
    timeout: 60_000,
  }, async () => {
    // At most thirty sessions a minute are issued under one grant.
    const grants = [await activeGrant(), await activeGrant(), await activeGrant()];
    let turn = 0;
    const rounds = await cutEverywhere(manner, () =>
      engineer.call('POST', `/v1/grants/${grants[turn++ % grants.length]}/sessions`),
    );
    expectUnavailable(rounds);
    const cut = statementsCut(rounds);
    expect(cut.filter((text) => text === 'begin')).toHaveLength(2);
    expect(cut.filter((text) => text === 'commit')).toHaveLength(2);
    expect(cut).toContain('insert into sessions');
    expect(cut).toContain('update sessions');

    // Daypass's own roles are no sessions of anybody's.
    const assumed = site.stack.aws.log.filter(
      ({ action, parameters }) =>
        action === 'AssumeRole' &&
        !/^daypass-(?:inspector|deny-writer)$/.test(String(parameters['RoleSessionName'])),
    );
    expect(assumed.length).toBeGreaterThan(0);
    const names = assumed.map(({ parameters }) => String(parameters['RoleSessionName']));
    expect(names.filter((name) => site.front.calls.get(name)?.recordedBefore !== true)).toEqual([]);
  });

  test('asking: a replay with the same key gives the one request, with its event', {
    timeout: 60_000,
  }, async () => {
    let asked = 0;
    const key = (nth: number) => `${manner.when}-${manner.refuse}-${nth}`;
    const submit = (nth: number) =>
      engineer.call(
        'POST',
        '/v1/requests',
        { entitlements: ['prod/readonly'], durationSeconds: 600, reason: 'Ask while it is away' },
        { 'idempotency-key': key(nth) },
      );
    const rounds = await cutEverywhere(manner, () => submit(++asked));
    expectUnavailable(rounds);
    expect(statementsCut(rounds)).toEqual(expect.arrayContaining(['insert into requests', 'commit']));
    for (let nth = 1; nth <= asked; nth++) {
      const [first, second] = [await submit(nth), await submit(nth)];
      expect([200, 201]).toContain(first.status);
      expect(second.body.id).toBe(first.body.id);
      const { rows } = await site.database.query(
        `SELECT r.id, (SELECT count(*)::int FROM audit_events e WHERE e.request = r.id AND e.kind = 'request.submitted') AS events
         FROM requests r WHERE r.idempotency_key = $1`,
        [key(nth)],
      );
      expect(rows).toEqual([{ id: first.body.id, events: 1 }]);
    }
  });

  test('approving: no decision without its event, and never two', { timeout: 60_000 }, async () => {
    // For later, so that no activation runs beside the call.
    const startAt = new Date(Date.now() + 3_600_000).toISOString();
    const requests: { id: string; digest: string }[] = [];
    const rounds = await cutEverywhere(
      manner,
      () => approve(requests.at(-1) ?? { id: '', digest: '' }),
      async () => requests.push(await ask(300, startAt)),
    );
    expectUnavailable(rounds);
    expect(statementsCut(rounds)).toEqual(
      expect.arrayContaining(['insert into reviews', 'insert into grants', 'commit']),
    );
    for (const request of requests) {
      // Whether the answer or the decision itself was lost shows only now: either way there is one in the end.
      expect([200, 409]).toContain((await approve(request)).status);
      expect(await decisionsOn(request.id)).toEqual([
        { state: 'approved', reviews: 1, recorded: 1, decided: 1, grants: 1, scheduled: 1 },
      ]);
    }
  });
});

async function decisionsOn(request: string): Promise<unknown[]> {
  const events = (kind: string) =>
    `(SELECT count(*)::int FROM audit_events e WHERE e.request = r.id AND e.kind = '${kind}')`;
  const { rows } = await site.database.query(
    `SELECT r.state,
       (SELECT count(*)::int FROM reviews v WHERE v.request_id = r.id) AS reviews, ${events('review.recorded')} AS recorded,
       ${events('request.approved')} AS decided,
       (SELECT count(*)::int FROM grants g WHERE g.request_id = r.id) AS grants, ${events('grant.scheduled')} AS scheduled
     FROM requests r WHERE r.id = $1`,
    [request],
  );
  return rows;
}
