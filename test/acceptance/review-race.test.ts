import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';
import { testDatabaseInUse } from './database-in-use.ts';

const rounds = 200;
const reviewers = 8;
const approverUsers = Array.from({ length: reviewers }, (_, i) => ({
  key: `reviewer${i}`,
  sub: `u-reviewer-${i}`,
  name: `Reviewer ${i}`,
  email: `reviewer${i}@example.com`,
  groups: ['prod-approvers'],
}));

let stack: Stack;
let urls: string[];
let processes: ChildProcess[];
let tokens: string[];
let engineer: Person;

beforeAll(async () => {
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    users: [...DEV_USERS, ...approverUsers],
  });
  urls = [stack.url, (await stack.startReplica()).url];
  engineer = new Person(stack.url, 'engineer', 'Erin Engineer');
  await engineer.signIn('otp');
  tokens = await Promise.all(
    approverUsers.map((user) => new Person(stack.url, user.key, user.name).signIn('otp')),
  );
  const script = fileURLToPath(new URL('reviewer.ts', import.meta.url));
  processes = approverUsers.map(() => fork(script));
});
afterAll(async () => {
  for (const child of processes ?? []) child.disconnect();
  await stack?.stop();
});

async function answerOf(child: ChildProcess, order: object): Promise<number> {
  const answered = once(child, 'message') as Promise<[{ status: number }]>;
  child.send(order);
  return (await answered)[0].status;
}

test(`eight processes review one request at once on two replicas, ${rounds} rounds: exactly one decision each`, {
  timeout: 240_000,
}, async () => {
  const winners: number[] = [];
  const odd: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
      entitlements: ['prod/readonly'],
      durationSeconds: 60,
      reason: `round ${round}`,
    });
    expect(asked.status).toBe(201);
    const at = Date.now() + 5;
    const statuses = await Promise.all(
      processes.map((child, i) =>
        answerOf(child, {
          url: urls[i % urls.length],
          token: tokens[i],
          request: asked.body.id,
          digest: asked.body.digest,
          decision: (i + round) % 3 === 0 ? 'deny' : 'approve',
          at,
        }),
      ),
    );
    winners.push(statuses.indexOf(200));
    if (
      statuses.filter((s) => s === 200).length !== 1 ||
      statuses.filter((s) => s === 409).length !== reviewers - 1
    )
      odd.push(statuses);
  }
  expect(odd).toEqual([]);
  expect(await decisions()).toEqual({
    requests: rounds,
    decided: rounds,
    reviews: rounds,
    events: rounds,
    wrong_grants: 0,
  });
  // A race that the same process always wins would be no race.
  expect(new Set(winners).size).toBeGreaterThan(1);
});

async function decisions(): Promise<unknown> {
  const client = new pg.Client({ connectionString: stack.postgres.url(stack.database, 'app') });
  await client.connect();
  const { rows } = await client.query(`
    SELECT (SELECT count(*)::int FROM requests) AS requests,
      (SELECT count(*)::int FROM requests WHERE state IN ('approved', 'denied')) AS decided,
      (SELECT count(*)::int FROM reviews) AS reviews,
      (SELECT count(*)::int FROM audit_events WHERE kind IN ('request.approved', 'request.denied')) AS events,
      (SELECT count(*)::int FROM requests r WHERE (SELECT count(*) FROM grants g WHERE g.request_id = r.id)
        <> (CASE r.state WHEN 'approved' THEN 1 ELSE 0 END)) AS wrong_grants`);
  await client.end();
  return rows[0];
}
