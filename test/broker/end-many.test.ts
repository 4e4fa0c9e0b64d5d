import { afterEach, beforeEach, expect, test } from 'vitest';
import pg from 'pg';
import { systemContext } from '../../src/audit/event.ts';
import { auditUnavailable } from '../../src/audit/unavailable.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { beginEnding } from '../../src/broker/begin-ending.ts';
import { writeBoundary } from '../../src/broker/boundary/write-boundary.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { endMany, type EndManyInput } from '../../src/broker/end-many.ts';
import { lockGrant } from '../../src/broker/grant-row.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { adminRole, type House, openHouse, prod } from './house.ts';

let house: House;
let operator: Caller;
beforeEach(async () => {
  house = await openHouse();
  operator = await house.caller(await house.person({ groups: ['operators'] }), { isOperator: true });
});
afterEach(() => house.close());

const named = (id: string): Entitlement => ({ ...adminRole, id });
const incident = (more: Partial<EndManyInput> = {}): EndManyInput => ({
  entitlement: 'prod/*',
  because: 'Incident 12',
  ...more,
});

async function active(options: Parameters<House['grant']>[0] = {}): Promise<{ id: string; person: string }> {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  return grant;
}

const states = (ids: readonly { id: string }[]) => Promise.all(ids.map(({ id }) => house.stateOf(id)));

test('without a number nothing ends: the answer tells how many there are, whose and for what', async () => {
  const ada = await house.person({ name: 'Ada' });
  const mine = [
    await active({ person: ada }),
    await active({ person: ada, entitlement: named('prod/read') }),
  ];
  const grace = await active({ person: await house.person({ name: 'Grace' }) });
  await active({ entitlement: named('staging/admin') });
  expect(await endMany(house.deps, operator, incident())).toEqual({
    grants: 3,
    people: 2,
    byEntitlement: [
      { entitlement: 'prod/admin', grants: 2 },
      { entitlement: 'prod/read', grants: 1 },
    ],
    byPerson: [
      { person: { id: ada, name: 'Ada' }, grants: 2 },
      { person: { id: grace.person, name: 'Grace' }, grants: 1 },
    ],
    ended: null,
    batches: 0,
    failed: [],
  });
  expect(await states([...mine, grace])).toEqual(['active', 'active', 'active']);
});

test('with the number all of the pattern end, scheduled ones included, and AWS denies them in one write', async () => {
  const used = [await active(), await active()];
  for (const grant of used)
    await issueSession(house.deps, await house.caller(grant.person), { grantId: grant.id });
  const scheduled = await house.grant({ startsIn: 600 });
  const neighbour = await active({ entitlement: named('production/admin') });
  house.enqueued.length = 0;
  const view = await endMany(house.deps, operator, incident({ expect: 3 }));
  expect(view).toMatchObject({ grants: 3, ended: 3, batches: 1, failed: [] });
  expect(await states([...used, scheduled, neighbour])).toEqual(['ending', 'ending', 'ending', 'active']);
  expect(house.enqueued).toEqual([
    { name: 'boundary.write', payload: { accountId: prod } },
    { name: 'grant.end', payload: { grantId: scheduled.id } },
  ]);
  await writeBoundary(house.boundary(), prod);
  expect(await states(used)).toEqual(['ended', 'ended']);
  const calls = house.aws.log.filter(({ action }) => action === 'CreatePolicyVersion');
  expect(calls).toHaveLength(1);
});

test('the record names the operator, the reason, and the whole of which each is a part', async () => {
  const { id } = await active();
  await endMany(house.deps, operator, incident({ account: prod, expect: 1 }));
  const { rows } = await house.pool.raw.query(
    `SELECT actor, leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'grant.ending' AND "grant" = $1`,
    [id],
  );
  const together = { pattern: 'prod/*', account: prod, grants: 1, batch: 1, batches: 1 };
  expect(rows).toEqual([
    { actor: operator.personId, details: { because: 'revoked', from: 'active', together } },
  ]);
});

test.each([0, 1, 3])(
  'another number than there is (%i) ends nothing and tells the new one',
  async (expected) => {
    const grants = [await active(), await active()];
    await expect(endMany(house.deps, operator, incident({ expect: expected }))).rejects.toMatchObject({
      code: 'conflict',
      extra: { grants: 2, people: 2 },
    });
    expect(await states(grants)).toEqual(['active', 'active']);
  },
);

test('the number is compared under the lock: one that ends meanwhile makes it wrong', async () => {
  const [first, second] = [await active(), await active()];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
  const ending = house.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, first.id);
    if (row === null) throw new Error('no such grant');
    await beginEnding(work, row, 'relinquished');
    isLocked();
    await gate;
  });
  await locked;
  const outcome = endMany(house.deps, operator, incident({ expect: 2 })).catch((error: unknown) => error);
  await expect
    .poll(async () => {
      const { rows } = await house.pool.raw.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rows[0]?.waiting;
    })
    .toBe(1);
  open();
  await ending;
  expect(await outcome).toMatchObject({ code: 'conflict', extra: { grants: 1, people: 1 } });
  expect(await states([first, second])).toEqual(['ending', 'active']);
});

test('of two operators who end the same at once, one ends them', async () => {
  const grants = [await active(), await active(), await active()];
  const both = await Promise.allSettled(
    [1, 2].map(() => endMany(house.deps, operator, incident({ expect: 3 }))),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await states(grants)).toEqual(['ending', 'ending', 'ending']);
  for (const { id } of grants)
    expect((await house.kinds(id)).filter((kind) => kind === 'grant.ending')).toHaveLength(1);
});

test('patterns, accounts and people choose; anything that LIKE would take for a wildcard is refused', async () => {
  const one = await active({ entitlement: named('prod/admin') });
  const other = {
    ...adminRole,
    id: 'staging/admin',
    account: { id: '444455556666', name: 'staging' },
  };
  await house.grant({ entitlement: other, person: one.person });
  await active({ entitlement: named('prod/admin-read') });
  const count = async (more: Partial<EndManyInput>) =>
    (await endMany(house.deps, operator, incident(more))).grants;
  expect(await count({ entitlement: '*' })).toBe(3);
  expect(await count({ entitlement: '*/admin' })).toBe(2);
  expect(await count({ entitlement: 'prod/admin' })).toBe(1);
  expect(await count({ entitlement: 'prod/admin*' })).toBe(2);
  expect(await count({ entitlement: 'dev/*' })).toBe(0);
  expect(await count({ entitlement: '*', account: '444455556666' })).toBe(1);
  expect(await count({ entitlement: '*', person: one.person })).toBe(2);
  for (const entitlement of ['prod/_dmin', 'prod/%', 'prod\\', '', "prod' OR true"])
    await expect(count({ entitlement })).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(count({ because: ' ' })).rejects.toMatchObject({ code: 'invalid_input' });
});

test('only operators may, and learn nothing otherwise', async () => {
  const grant = await active();
  for (const caller of [
    await house.caller(grant.person),
    await house.caller(await house.person(), { isAuditor: true }),
  ])
    await expect(endMany(house.deps, caller, incident({ expect: 1 }))).rejects.toMatchObject({
      code: 'forbidden',
    });
  expect(await house.stateOf(grant.id)).toBe('active');
});

test('what is past its end already ends as expired', async () => {
  const { id } = await active({ seconds: 60 });
  house.pass(60);
  expect(await endMany(house.deps, operator, incident({ expect: 1 }))).toMatchObject({ ended: 1 });
  const { rows } = await house.pool.raw.query('SELECT ended_because FROM grants WHERE id = $1', [id]);
  expect(rows).toEqual([{ ended_because: 'expired' }]);
});

test('more than fit one transaction end in batches, and both the answer and the record say so', async () => {
  const grants = [await active(), await active(), await active(), await active(), await active()];
  const view = await endMany(house.deps, operator, incident({ expect: 5 }), { batchSize: 2 });
  expect(view).toMatchObject({ grants: 5, ended: 5, batches: 3, failed: [] });
  const { rows } = await house.pool.raw.query<{ batch: number; batches: number; transaction_id: string }>(
    `SELECT (leaf::jsonb #>> '{details,together,batch}')::int AS batch, transaction_id,
       (leaf::jsonb #>> '{details,together,batches}')::int AS batches
     FROM audit_events WHERE kind = 'grant.ending' ORDER BY "grant"`,
  );
  expect(rows.map(({ batch, batches }) => [batch, batches])).toEqual([
    [1, 3],
    [1, 3],
    [2, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(new Set(rows.map((row) => row.transaction_id)).size).toBe(3);
  expect(await states(grants)).toEqual(Array.from({ length: 5 }, () => 'ending'));
});

test('when the database goes away between batches, the answer names what was not ended', async () => {
  const grants = [await active(), await active(), await active()];
  let transactions = 0;
  const deps: BrokerDeps = {
    ...house.deps,
    transact: (context, body) => {
      transactions += 1;
      return transactions > 1 ? Promise.reject(auditUnavailable()) : house.transact(context, body);
    },
  };
  const view = await endMany(deps, operator, incident({ expect: 3 }), { batchSize: 1 });
  const left = grants
    .map(({ id }) => id)
    .toSorted()
    .slice(1);
  expect(view).toMatchObject({ ended: 1, failed: left });
  expect(transactions).toBe(3);
  expect((await endMany(house.deps, operator, incident())).grants).toBe(2);
});

test('one that cannot be ended for a fault of its own holds up no other, and is named', async () => {
  const grants = [await active(), await active(), await active()];
  const poisoned = grants[1]?.id ?? '';
  const root = new pg.Client({ connectionString: house.database.superuserUrl });
  await root.connect();
  await root.query(
    `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.id = '${poisoned}' THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$;
     CREATE TRIGGER poison BEFORE UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION poison()`,
  );
  await root.end();
  const view = await endMany(house.deps, operator, incident({ expect: 3 }));
  expect(view).toMatchObject({ grants: 3, ended: 2, batches: 1, failed: [poisoned] });
  expect(await states(grants)).toEqual(['ending', 'active', 'ending']);
});
