import { eq } from '../../src/db/drizzle.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemContext } from '../../src/audit/event.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { extendGrant } from '../../src/broker/extend-grant.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { grants } from '../../src/db/schema.ts';
import { endOf, extendBy, openPortal } from './extending.ts';
import { type House, openHouse, prod } from './house.ts';

let house: House;
beforeAll(async () => {
  // Nothing hangs here: what takes long on a busy machine is no fault of AWS.
  house = await openHouse({ timeLimitMs: 20_000 });
});
afterAll(() => house.close());

async function active(options: Parameters<House['grant']>[0] = {}) {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  expect(await house.stateOf(grant.id)).toBe('active');
  return { ...grant, caller: await house.caller(grant.person) };
}

async function issue({ id, caller }: Awaited<ReturnType<typeof active>>) {
  const { credentials, endsAt } = await issueSession(house.deps, caller, { grantId: id });
  return { ...credentials.reveal(), endsAt };
}

/** Writes to the row of a grant as the service's role, as no use case does. */
function move(id: string, seconds: number, event: boolean): Promise<void> {
  return house.transact(systemContext, async (work) => {
    const endsAt = new Date((await endOf(house, id)).getTime() + seconds * 1000);
    await work.queries.update(grants).set({ endsAt }).where(eq(grants.id, id));
    if (event) work.audit({ kind: 'grant.extended', outcome: 'success', grant: id });
  });
}

test('Postgres refuses to move an end without its event, to an earlier time, past twelve hours, and of what is ending', async () => {
  const { id, caller } = await active();
  const before = await endOf(house, id);
  const anyOther = await active();
  for (const [seconds, event, constraint] of [
    [600, false, 'grants_extended'],
    [-600, true, 'grants_extended'],
    [11 * 3600 + 1, true, 'grants_at_most_twelve_hours'],
  ] as const) {
    expect(await move(id, seconds, event).then(() => null, fault)).toBe(constraint);
  }
  // The event of another grant, and that of an earlier extension, stand for nothing.
  const foreign = house.transact(systemContext, async (work) => {
    const endsAt = new Date(before.getTime() + 600_000);
    await work.queries.update(grants).set({ endsAt }).where(eq(grants.id, id));
    work.audit({ kind: 'grant.extended', outcome: 'success', grant: anyOther.id });
  });
  expect(await foreign.then(() => null, fault)).toBe('grants_extended');
  expect(await endOf(house, id)).toEqual(before);
  await extendBy(house, id, 600);
  expect(await move(id, 600, false).then(() => null, fault)).toBe('grants_extended');
  await issueSession(house.deps, caller, { grantId: id });
  await endGrant(house.deps, caller, { grantId: id });
  expect(await house.stateOf(id)).toBe('ending');
  expect(await move(id, 600, true).then(() => null, fault)).toBe('grants_extended');
});

/** The constraint that refused, whether at the statement or at COMMIT. */
function fault(error: unknown): unknown {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : null) {
    if ('constraint' in at && at.constraint !== undefined) return at.constraint;
  }
  return error;
}

test('what was issued before keeps its end to the second; what is issued after has the new one', async () => {
  // Shorter than what STS gives at least, so that it is the policy that cuts off.
  const grant = await active({ seconds: 600 });
  const old = await endOf(house, grant.id);
  const before = await issue(grant);
  expect(before.endsAt).toBe(old.toISOString());
  const later = await extendBy(house, grant.id, 600);
  const after = await issue(grant);
  expect(after.endsAt).toBe(later.toISOString());
  house.pass(599);
  for (const session of [before, after]) expect(await house.listBuckets(session)).toBe('ok');
  house.pass(1);
  expect(await house.listBuckets(before)).toBe('AccessDenied');
  expect(await house.listBuckets(after)).toBe('ok');
  house.pass(600);
  expect(await house.listBuckets(after)).not.toBe('ok');
});

test('the job of the old end, and a sweep at it, end nothing; at the new end they do', async () => {
  for (const entitlement of [undefined, house.permissionSet]) {
    const { id } = await active({ seconds: 1200, ...(entitlement === undefined ? {} : { entitlement }) });
    await extendBy(house, id, 600);
    house.pass(1200);
    house.enqueued.length = 0;
    await finishEnding(house.deps, { grantId: id });
    await sweepGrants(house.deps);
    expect(await house.stateOf(id)).toBe('active');
    // Too early, it comes again.
    expect(house.enqueued).toContainEqual({ name: 'grant.end', payload: { grantId: id } });
    house.pass(600);
    await finishEnding(house.deps, { grantId: id });
    expect(await house.stateOf(id)).toBe('ended');
    expect((await house.kinds(id)).slice(-2)).not.toContain('grant.extended');
  }
});

test('a permission set: the assignment stays until the new end and goes with it', async () => {
  const grant = await active({ seconds: 1200, entitlement: house.permissionSet });
  house.enqueued.length = 0;
  await extendBy(house, grant.id, 600);
  // Nothing but its job takes an assignment away on time.
  expect(house.enqueued).toEqual([{ name: 'grant.end', payload: { grantId: grant.id } }]);
  house.pass(1500);
  await sweepGrants(house.deps);
  expect(await house.listBuckets(openPortal(house, grant.person))).toBe('ok');
  house.pass(300);
  await sweepGrants(house.deps);
  expect(await house.stateOf(grant.id)).toBe('ended');
  expect(() => openPortal(house, grant.person)).toThrow('is not assigned');
});

test('ended early after an extension, the deny covers what was issued before it and after it', async () => {
  const neighbour = await issue(await active());
  const role = await active({ seconds: 1200 });
  const issued = [await issue(role)];
  await extendBy(house, role.id, 1800);
  house.pass(60);
  issued.push(await issue(role));
  const portal = await active({ seconds: 1200, entitlement: house.permissionSet });
  const opened = [openPortal(house, portal.person)];
  await extendBy(house, portal.id, 1800);
  house.pass(60);
  opened.push(openPortal(house, portal.person));
  for (const session of [...issued, ...opened]) expect(await house.listBuckets(session)).toBe('ok');

  for (const { id, caller } of [role, portal]) await endGrant(house.deps, caller, { grantId: id });
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  for (const session of [...issued, ...opened]) expect(await house.listBuckets(session)).toBe('AccessDenied');
  expect(await house.listBuckets(neighbour)).toBe('ok');
  const view = await getGrant(house.deps, role.caller, { grantId: role.id });
  expect(view.deniedAt).not.toBeNull();
});

test('a deny lasts past the old end for what was issued after the extension', async () => {
  const grant = await active({ seconds: 1200 });
  const old = await endOf(house, grant.id);
  await extendBy(house, grant.id, 1800);
  const session = await issue(grant);
  await endGrant(house.deps, grant.caller, { grantId: grant.id });
  await writeBoundary(house.boundary(), prod);
  house.pass((old.getTime() - house.now().getTime()) / 1000 + 60);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(Date.parse(session.expiration)).toBeGreaterThan(house.now().getTime());
  expect(await house.listBuckets(session)).toBe('AccessDenied');
});

test('an approval that came before the end and had to wait until after it extends nothing that is being taken away', async () => {
  const first = await active({ seconds: 600, entitlement: house.permissionSet });
  const second = await active({ seconds: 3600, entitlement: house.permissionSet, person: first.person });
  const early = house.now();
  const from = (await endOf(house, first.id)).toISOString();
  house.pass(601);
  // The last that lives: with it goes the assignment, although the job of the other's end has not come by yet.
  await endGrant(house.deps, second.caller, { grantId: second.id });
  await finishEnding(house.deps, { grantId: second.id });
  expect(await house.stateOf(first.id)).toBe('active');
  const late = house.transact(systemContext, (work) =>
    extendGrant(
      { ...work, now: early },
      {
        grantId: first.id,
        requestId: first.request,
        from,
        durationSeconds: 600,
        rule: 'r',
        catalogVersion: 'v1',
      },
    ),
  );
  await expect(late).rejects.toMatchObject({ code: 'not_possible' });
  await sweepGrants(house.deps);
  expect(await house.stateOf(first.id)).toBe('ended');
});
