import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { createEndingAlarm, type EndingAlarm } from '../../src/broker/ending-alarm.ts';
import { type OverdueEnding, readEndingMeasures } from '../../src/broker/ending-measures.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { silenceEnding } from '../../src/broker/silence-ending.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { type House, openHouse, prod } from './house.ts';

let house: House;
let operator: Caller;
let alarm: EndingAlarm;
let told: OverdueEnding[];
let more: number[];
beforeEach(async () => {
  house = await openHouse();
  operator = await house.caller(await house.person({ groups: ['operators'] }), { isOperator: true });
  told = [];
  more = [];
  alarm = createEndingAlarm({
    db: house.pool.db,
    clock: () => house.now(),
    alarm: (ending) => told.push(ending),
    more: (count) => more.push(count),
  });
});
afterEach(() => house.close());

const measures = () => readEndingMeasures(house.pool.db, house.now());
const nothing = { open: 0, overdue: 0, oldestSeconds: 0, boundariesFailing: 0, deniesMax: 0 };
const refuseWrites = (times: number) =>
  house.aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'refuse', times });

/** A grant under which credentials were issued, ended early; nothing was written to AWS yet. */
async function endedEarly(options: Parameters<House['grant']>[0] = {}) {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  await issueSession(house.deps, caller, { grantId: grant.id });
  await endGrant(house.deps, caller, { grantId: grant.id, because: 'done' });
  return { ...grant, caller };
}

test('an early end is open until AWS was read back, and overdue after a minute', async () => {
  expect(await measures()).toEqual(nothing);
  await endedEarly();
  house.pass(59);
  expect(await measures()).toEqual({ ...nothing, open: 1, oldestSeconds: 59, deniesMax: 1 });
  house.pass(1);
  await endedEarly();
  expect(await measures()).toEqual({ ...nothing, open: 2, overdue: 1, oldestSeconds: 60, deniesMax: 2 });
  await writeBoundary(house.boundary(), prod);
  expect(await measures()).toEqual({ ...nothing, deniesMax: 2 });
});

test('what lapsed without having been denied is open no more', async () => {
  const { id } = await endedEarly({ seconds: 600 });
  house.pass(599);
  expect(await measures()).toMatchObject({ open: 1, overdue: 1 });
  house.pass(1);
  expect(await measures()).toMatchObject({ open: 0, overdue: 0, oldestSeconds: 0 });
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});

test('natural ends and ends of what was never used are none of it', async () => {
  const natural = await house.grant({ seconds: 60 });
  await activateGrant(house.deps, { grantId: natural.id });
  await issueSession(house.deps, await house.caller(natural.person), { grantId: natural.id });
  house.pass(60);
  await finishEnding(house.deps, { grantId: natural.id });
  const unused = await house.grant();
  await activateGrant(house.deps, { grantId: unused.id });
  await endGrant(house.deps, await house.caller(unused.person), { grantId: unused.id });
  await finishEnding(house.deps, { grantId: unused.id });
  house.pass(61);
  expect(await measures()).toEqual(nothing);
});

test('an assignment that cannot be deleted is open, whatever ended its grant', async () => {
  const grant = await house.grant({ entitlement: house.permissionSet, seconds: 600 });
  await activateGrant(house.deps, { grantId: grant.id });
  expect(await house.stateOf(grant.id)).toBe('active');
  house.aws.fault({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind: 'refuse', times: 50 });
  house.pass(600);
  await finishEnding(house.deps, { grantId: grant.id });
  house.pass(60);
  expect(await measures()).toMatchObject({ open: 1, overdue: 1, oldestSeconds: 60 });
  await alarm.look();
  expect(told).toEqual([
    {
      grantId: grant.id,
      accountId: prod,
      since: new Date(house.now().getTime() - 60_000),
      reason: 'the assignment is not gone yet',
      attempts: 0,
    },
  ]);
});

test('the alarm tells when an ending is overdue, then at growing intervals, and why it hangs', async () => {
  const { id } = await endedEarly();
  refuseWrites(1);
  await writeBoundary(house.boundary(), prod);
  const since = house.now();
  const at: number[] = [];
  for (let second = 0; second <= 1740; second += 30) {
    const before = told.length;
    await alarm.look();
    if (told.length > before) at.push(second);
    house.pass(30);
  }
  expect(at).toEqual([60, 360, 1260]);
  expect(told[0]).toEqual({
    grantId: id,
    accountId: prod,
    since,
    reason: 'AccessDenied (refused)',
    attempts: 1,
  });
  expect(await measures()).toMatchObject({ boundariesFailing: 1 });
  house.pass(3600);
  await alarm.look();
  expect(told).toHaveLength(3);
});

test('an ending that AWS confirmed is told of no more, and one that is overdue anew at once', async () => {
  await endedEarly();
  house.pass(60);
  await alarm.look();
  await writeBoundary(house.boundary(), prod);
  await alarm.look();
  expect(told).toHaveLength(1);
  const again = await endedEarly();
  house.pass(60);
  await alarm.look();
  expect(told.map(({ grantId }) => grantId)).toEqual([told[0]?.grantId, again.id]);
});

test('many that are overdue at once are told of as a number, so that the log stays readable', async () => {
  const person = await house.person();
  const approver = await house.person({ groups: ['approvers'] });
  for (let i = 0; i < 23; i += 1) await endedEarly({ person, approver });
  house.pass(60);
  await alarm.look();
  await alarm.look();
  expect({ told: told.length, more }).toEqual({ told: 20, more: [3] });
  expect(new Set(told.map(({ grantId }) => grantId)).size).toBe(20);
});

test('silenced, an ending alarms nobody, and goes on as it would have', async () => {
  const { id } = await endedEarly();
  house.pass(60);
  const silenced = await silenceEnding(house.deps, operator, { grantId: id, because: 'account is closed' });
  expect(silenced).toMatchObject({ state: 'ending', silencedAt: house.now().toISOString(), deniedAt: null });
  await alarm.look();
  expect(told).toEqual([]);
  expect(await measures()).toMatchObject({ open: 1, overdue: 0, oldestSeconds: 60 });
  // Once more changes nothing, neither the time nor the record.
  house.pass(5);
  const again = await silenceEnding(house.deps, operator, { grantId: id, because: 'again' });
  expect(again.silencedAt).toBe(silenced.silencedAt);
  expect((await house.kinds(id)).filter((kind) => kind === 'grant.silenced')).toHaveLength(1);
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  expect(await getGrant(house.deps, operator, { grantId: id })).toMatchObject({
    state: 'ended',
    silencedAt: silenced.silencedAt,
  });
});

test('only an operator can silence, only what is ending, and with a reason', async () => {
  const { id, caller } = await endedEarly();
  const active = await house.grant();
  await activateGrant(house.deps, { grantId: active.id });
  const because = 'known';
  const refused = (by: Caller, input: { grantId: string; because: string }) =>
    silenceEnding(house.deps, by, input).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );
  expect(await refused(caller, { grantId: id, because })).toBe('forbidden');
  const auditor = await house.caller(await house.person(), { isAuditor: true });
  expect(await refused(auditor, { grantId: id, because })).toBe('forbidden');
  expect(await refused(operator, { grantId: `grt_${'0'.repeat(26)}`, because })).toBe('not_found');
  expect(await refused(operator, { grantId: active.id, because })).toBe('conflict');
  expect(await refused(operator, { grantId: id, because: '  ' })).toBe('invalid_input');
  expect(await measures()).toMatchObject({ open: 1 });
  expect(await house.stateOf(active.id)).toBe('active');
});
