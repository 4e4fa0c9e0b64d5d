import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccountInspector } from '../../src/aws/inspect-account.ts';
import { createPermissionSetInspector } from '../../src/aws/inspect-permission-set.ts';
import { createRoleClients } from '../../src/aws/role-clients.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { type House, openHouse, prod } from '../broker/house.ts';
import { applyTemplates, needsOf } from './recorded-calls.ts';
import { allowedActions, isAllowed, ownRoles } from './role-rights.ts';

// The broker goes its ways in an AWS whose roles have the policies of the templates, and the log of that AWS is judged.
let house: House;
beforeAll(async () => {
  house = await openHouse();
  applyTemplates(house.aws.world);
  await lendRoleAndEndEarly();
  await inspect();
  await assignAndEndEarly();
  await endWhatIsGone();
});
afterAll(() => house.close());

/** More early ends, one after the other, than AWS keeps versions of a policy. */
async function lendRoleAndEndEarly(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const { id, person } = await house.grant();
    await activateGrant(house.deps, { grantId: id });
    const caller = await house.caller(person);
    const issued = await issueSession(house.deps, caller, { grantId: id });
    const credentials = issued.credentials.reveal();
    expect(await house.listBuckets(credentials)).toBe('ok');
    await endGrant(house.deps, caller, { grantId: id });
    expect(await writeBoundary(house.boundary(), prod)).toBe('done');
    expect(await house.listBuckets(credentials)).toBe('AccessDenied');
  }
}

async function assignAndEndEarly(): Promise<void> {
  const { id, person } = await house.grant({ entitlement: house.permissionSet });
  await activateGrant(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('active');
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await settle();
  expect(house.aws.world.identityCenter.assignments).toEqual([]);
}

/** What is looked at before anything is approved. */
async function inspect(): Promise<void> {
  const inspectors = createRoleClients({
    sts: house.clients.sts,
    roleName: 'daypass-inspector',
    sessionName: 'daypass-inspector',
    settings: { region: 'us-east-1', endpoint: house.aws.endpoint, maxAttempts: 1 },
  });
  const inspector = createAccountInspector(await inspectors.iam(prod));
  for (const name of ['daypass-admin', 'daypass-deny-writer', 'daypass-inspector']) {
    expect(await inspector.role(name)).not.toBeNull();
    expect(await inspector.rights(name)).not.toBeNull();
  }
  expect(await inspector.policy(`arn:aws:iam::${prod}:policy/daypass-boundary`)).not.toBeNull();
  expect(await inspector.alias()).toBe('daypass-prod');
  inspectors.close();
  const { target } = house.permissionSet;
  if (target.kind !== 'permission-set') throw new Error('no permission set');
  const { instanceArn } = house.aws.world.identityCenter;
  const inspectSet = createPermissionSetInspector(house.clients.ssoAdmin, instanceArn);
  expect(await inspectSet(target.permissionSetArn)).toMatchObject({ name: 'ReadOnlyAccess' });
}

/** A permission set that was deleted while a grant lived. */
async function endWhatIsGone(): Promise<void> {
  const { id, person } = await house.grant({ entitlement: house.permissionSet });
  await activateGrant(house.deps, { grantId: id });
  const { identityCenter } = house.aws.world;
  identityCenter.permissionSets = [];
  identityCenter.assignments = [];
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await settle();
  expect(await house.stateOf(id)).toBe('ended');
}

async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await sweepGrants(house.deps);
    await writeBoundary(house.boundary(), prod);
    house.pass(31);
  }
}

test('under the policies of the templates AWS refuses Daypass nothing', () => {
  const refused = house.aws.log.filter(({ caller, errorCode }) => {
    const own = ownRoles.some((role) => caller?.includes(`:assumed-role/${role}/`));
    return own && /AccessDenied|UnsupportedPolicy/.test(errorCode ?? '');
  });
  expect(refused).toEqual([]);
});

test('every call that was recorded is one that the templates allow', () => {
  const needs = needsOf(house.aws.log);
  expect(needs.length).toBeGreaterThan(50);
  const spare = needs.filter((need) => !isAllowed(need.role, need.account, need.action, need.resource));
  expect(spare).toEqual([]);
});

test.for(ownRoles)('every action that the templates allow %s was called', (role) => {
  const called = new Set(needsOf(house.aws.log).flatMap((need) => (need.role === role ? [need.action] : [])));
  expect([...called].toSorted()).toEqual(allowedActions(role));
});

test('a call that the templates do not allow is found', () => {
  const boundary = `arn:aws:iam::${prod}:policy/daypass-boundary`;
  expect(isAllowed('daypass-deny-writer', prod, 'iam:CreatePolicyVersion', boundary)).toBe(true);
  expect(isAllowed('daypass-deny-writer', prod, 'iam:CreatePolicyVersion', `${boundary}-2`)).toBe(false);
  expect(isAllowed('daypass-deny-writer', prod, 'iam:SetDefaultPolicyVersion', boundary)).toBe(false);
  expect(isAllowed('daypass-broker', prod, 'iam:CreatePolicyVersion', boundary)).toBe(false);
  expect(isAllowed('daypass-broker', prod, 'sts:AssumeRole', `arn:aws:iam::${prod}:role/admin`)).toBe(false);
  expect(isAllowed('daypass-inspector', prod, 'iam:GetRole', `arn:aws:iam::${prod}:role/admin`)).toBe(false);
});
