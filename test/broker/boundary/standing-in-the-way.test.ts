import { eq } from '../../../src/db/drizzle.ts';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundaries, denies } from '../../../src/db/schema.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { getGrant } from '../../../src/broker/get-grant.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { createBoundaryWriters } from '../../../src/broker/boundary/writers.ts';
import { grantCode } from '../../../src/broker/session-tags.ts';
import { type House, openHouse, prod } from '../house.ts';

const policyArn = `arn:aws:iam::${prod}:policy/daypass-boundary`;
const plain = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

async function used() {
  const grant = await house.grant({ seconds: 14_400 });
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  const issued = await issueSession(house.deps, caller, { grantId: grant.id });
  return { id: grant.id, caller, credentials: issued.credentials.reveal() };
}
type Used = Awaited<ReturnType<typeof used>>;

const end = ({ id, caller }: Used) => endGrant(house.deps, caller, { grantId: id });
const write = (look = false) => writeBoundary(house.boundary(), prod, { look });

function account() {
  const found = house.aws.world.accounts.find((one) => one.id === prod);
  if (found === undefined) throw new Error('no such account');
  return found;
}

async function row() {
  const [found] = await house.pool.db.select().from(boundaries).where(eq(boundaries.accountId, prod));
  if (found === undefined) throw new Error('no such row');
  return found;
}

async function sweep(): Promise<void> {
  const writers = createBoundaryWriters(house.boundary());
  await writers.sweep();
  await writers.idle();
  await writers.stop();
}

async function drift(): Promise<Record<string, unknown>[]> {
  const { rows } = await house.pool.raw.query<{ details: Record<string, unknown> }>(
    `SELECT leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'deny.drift' ORDER BY id`,
  );
  return rows.map(({ details }) => details);
}

test('a look that failed is known to be mended only once AWS was asked again', async () => {
  house.aws.fault({ service: 'iam', action: '*', kind: 'refuse' });
  expect(await write(true)).toBe('failed');
  house.pass(400);
  await sweep();
  const failing = await row();
  expect(failing.attempts).toBe(2);
  expect(failing.failure).not.toBeNull();
  // Put off: a sweep before its time asks nothing.
  const calls = house.aws.log.length;
  await sweep();
  expect(house.aws.log.length).toBe(calls);
  house.aws.clearFaults();
  house.pass(400);
  await sweep();
  expect(await row()).toMatchObject({ failure: null, attempts: 0, readBackAt: house.now() });
});

test('who takes a deny out of the policy is met within two minutes, reported, and the deny is put back', async () => {
  const grant = await used();
  await end(grant);
  await write();
  account().managedPolicies[policyArn] = structuredClone(plain);
  expect(await house.listBuckets(grant.credentials)).toBe('ok');
  house.pass(121);
  await sweep();
  expect(await house.listBuckets(grant.credentials)).toBe('AccessDenied');
  expect(await drift()).toEqual([{ unknown: [], foreignStatements: [], missing: [grant.id] }]);
});

test('a role that loses its boundary is not denied any more, and does not count as such', async () => {
  const grant = await used();
  await end(grant);
  await write();
  const role = account().roles.find((one) => one.name === 'daypass-admin');
  delete role?.permissionsBoundaryArn;
  house.pass(121);
  await sweep();
  expect((await getGrant(house.deps, grant.caller, { grantId: grant.id })).deniedAt).toBeNull();
  expect(await drift()).toEqual([{ noLongerInForce: 'the policy is no boundary of it' }]);
  expect((await row()).failure).toContain('do not have the policy as their boundary');
  if (role !== undefined) role.permissionsBoundaryArn = policyArn;
  house.pass(121);
  await sweep();
  expect((await getGrant(house.deps, grant.caller, { grantId: grant.id })).deniedAt).not.toBeNull();
});

test('a new end is tried at once although the account failed before', async () => {
  const first = await used();
  await end(first);
  house.aws.fault({ service: 'iam', action: '*', kind: 'refuse', times: 2 });
  expect(await write()).toBe('failed');
  expect(await write()).toBe('later');
  const second = await used();
  await end(second);
  expect(await write()).not.toBe('later');
});

test('a clock that was ahead when a row was written holds nothing up', async () => {
  const grant = await used();
  await end(grant);
  const ahead = new Date(house.now().getTime() + 86_400_000);
  await house.pool.db.insert(boundaries).values({ accountId: prod }).onConflictDoNothing();
  await house.pool.db.update(boundaries).set({ writer: 'dead', leaseUntil: ahead, nextTryAt: ahead });
  await sweep();
  expect(await house.stateOf(grant.id)).toBe('ended');
});

test('a row that cannot be written down holds up no other', async () => {
  const [bad, good] = [await used(), await used()];
  await end(bad);
  await end(good);
  const admin = new pg.Client({ connectionString: house.database.ownerUrl });
  await admin.connect();
  await admin.query(
    `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$`,
  );
  await admin.query(
    `CREATE TRIGGER poison BEFORE UPDATE ON denies FOR EACH ROW WHEN (OLD.grant_id = '${bad.id}') EXECUTE FUNCTION poison()`,
  );
  expect(await write()).toBe('failed');
  expect(await house.stateOf(good.id)).toBe('ended');
  expect(await house.stateOf(bad.id)).toBe('ending');
  expect((await row()).failure).toBe('1 ended grants could not be written down');
  await admin.query('DROP TRIGGER poison ON denies');
  await admin.end();
  house.pass(60);
  expect(await write()).toBe('done');
  expect(await house.stateOf(bad.id)).toBe('ended');
});

test('what was read back by a writer that lost the lease meanwhile is not written down', async () => {
  const grant = await used();
  await end(grant);
  const slow = house.boundary();
  await writeBoundary(
    {
      ...slow,
      policyOf: async (accountId) => {
        const policy = await slow.policyOf(accountId);
        return {
          ...policy,
          readInForce: async (version) => {
            const read = await policy.readInForce(version);
            await house.pool.db
              .update(boundaries)
              .set({ writer: 'another', leaseUntil: new Date(house.now().getTime() + 20_000) });
            return read;
          },
        };
      },
    },
    prod,
  );
  expect(await house.stateOf(grant.id)).toBe('ending');
  const [deny] = await house.pool.db.select().from(denies);
  expect(deny?.confirmedAt).toBeNull();
});

test('denies that this database does not know of stay for as long as what they deny can live', async () => {
  const live = await used();
  const condition = (more: object) => ({ Effect: 'Deny', Action: '*', Resource: '*', ...more });
  const recently = new Date(house.now().getTime() - 60_000).toISOString().slice(0, 19) + 'Z';
  account().managedPolicies[policyArn] = {
    ...plain,
    Statement: [
      ...plain.Statement,
      condition({
        Sid: 'DaypassEndedGrants',
        // A grant that lives here: the copy of the database is from before its end.
        Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': [grantCode(live.id)] } },
      }),
      condition({
        Sid: 'DaypassEndedPortal0',
        Condition: {
          StringEquals: { 'identitystore:UserId': ['somebody'] },
          ArnLike: {
            'aws:PrincipalArn': `arn:aws:iam::${prod}:role/aws-reserved/sso.amazonaws.com/*Set_????????????????`,
          },
          DateLessThan: { 'aws:TokenIssueTime': recently },
        },
      }),
      condition({
        Sid: 'DaypassEndedRole0',
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${prod}:role/daypass-readonly` },
          DateLessThanEquals: { 'aws:TokenIssueTime': recently },
        },
      }),
    ],
  };
  const inForce = () => JSON.stringify(account().managedPolicies[policyArn]);
  await write(true);
  const other = await used();
  await end(other);
  await write();
  expect(inForce()).toContain(grantCode(live.id));
  expect(inForce()).toContain('somebody');
  expect(inForce()).toContain('daypass-readonly');
  expect((await drift())[0]?.unknown).toHaveLength(3);
  house.pass(4_300);
  await write(true);
  expect(inForce()).not.toContain(grantCode(live.id));
  expect(inForce()).not.toContain('daypass-readonly');
  expect(inForce()).toContain('somebody');
  house.pass(12.5 * 3600);
  await write(true);
  expect(inForce()).not.toContain('somebody');
});
