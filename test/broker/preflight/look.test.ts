import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../../../dev/aws/world.ts';
import type { PreflightDeps } from '../../../src/broker/preflight/deps.ts';
import { verdictOf } from '../../../src/broker/preflight/finding.ts';
import type { Entitlement } from '../../../src/catalog/types.ts';
import { adminRole, type House, openHouse, prod } from '../house.ts';
import { accountIn, findingsOf, type Looking, openLooking, roleIn, roleTarget, wrong } from './looking.ts';

let house: House;
let looking: Looking;
let deps: PreflightDeps;
let asBuilt: World;
beforeAll(async () => {
  house = await openHouse({ timeLimitMs: 3_000 });
  looking = openLooking(house, [adminRole]);
  deps = looking.process();
  asBuilt = structuredClone(house.aws.world);
});
afterEach(() => {
  house.aws.clearFaults();
  Object.assign(house.aws.world, structuredClone(asBuilt));
});
afterAll(() => house.close());

const boundaryArn = `arn:aws:iam::${prod}:policy/daypass-boundary`;
const brokerArn = 'arn:aws:iam::999988887777:role/daypass-broker';
const allow = (Action: string | string[], Resource: string | string[] = boundaryArn) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const trust = (
  Principal: unknown,
  Action: unknown = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action }],
});
const role = (name = 'daypass-admin') => roleIn(house, name);
const target = roleTarget(adminRole);

async function look(entitlement: Entitlement = adminRole, alias?: string) {
  return findingsOf(deps, entitlement, alias);
}

describe('an account as deploy/ makes it', () => {
  test('has nothing wrong, for roles and for permission sets', async () => {
    expect(wrong(await look())).toEqual([]);
    expect(wrong(await look(house.permissionSet))).toEqual([]);
    expect(verdictOf(await look())).toBe('ok');
  });

  test('is told of the NotPrincipal trap once, for it cannot be seen from here', async () => {
    const said = (await look()).filter(({ check }) => check === 'not-principal');
    expect(said).toMatchObject([{ level: 'info', stops: false }]);
  });

  test('is only read: no call of it changes anything', async () => {
    const before = house.aws.log.length;
    await look();
    await look(house.permissionSet);
    const actions = new Set(house.aws.log.slice(before).map(({ action }) => action));
    expect([...actions].filter((action) => !/^(Get|List|Describe|AssumeRole$)/.test(action))).toEqual([]);
  });
});

describe('every fault of a role that is lent is found', () => {
  test.each<[string, string[], () => Entitlement | undefined]>([
    [
      'it is missing',
      ['role error stops'],
      () =>
        void (accountIn(house).roles = accountIn(house).roles.filter(({ name }) => name !== 'daypass-admin')),
    ],
    [
      'it has another path',
      ['role error stops'],
      () => void (role().arn = `arn:aws:iam::${prod}:role/daypass-x/daypass-admin`),
    ],
    [
      'its trust names nobody of ours',
      ['trust error stops', 'trust-others error'],
      () => void (role().trustPolicy = trust({ AWS: 'arn:aws:iam::123456789012:root' })),
    ],
    [
      'its trust lets us in without tags',
      ['trust error stops'],
      () => void (role().trustPolicy = trust({ AWS: brokerArn }, 'sts:AssumeRole')),
    ],
    [
      'its trust lets somebody else in, too',
      ['trust-others error'],
      () => void (role().trustPolicy = trust({ AWS: [brokerArn, 'arn:aws:iam::123456789012:user/eve'] })),
    ],
    [
      'its trust has conditions nobody can judge',
      ['trust warning', 'trust-others error'],
      () =>
        void (role().trustPolicy = {
          Version: '2012-10-17',
          Statement: [
            ...trust({ AWS: brokerArn }).Statement.map((one) => ({
              ...one,
              Condition: { Bool: { 'aws:SecureTransport': 'true' } },
            })),
            ...trust({ Service: 'ec2.amazonaws.com' }).Statement,
          ],
        }),
    ],
    [
      'its trust asks for an external id that the catalog lacks',
      ['trust error stops'],
      () =>
        void (role().trustPolicy = {
          Version: '2012-10-17',
          Statement: [
            {
              ...trust({ AWS: brokerArn }).Statement[0],
              Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } },
            },
          ],
        }),
    ],
    [
      'the catalog has an external id that its trust does not ask for',
      ['external-id warning'],
      () => ({ ...adminRole, target: { ...target, externalId: 'x-1' } }),
    ],
    ['it has no boundary', ['boundary error'], () => void delete role().permissionsBoundaryArn],
    [
      'it has another boundary',
      ['boundary error'],
      () => void (role().permissionsBoundaryArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'),
    ],
    [
      'its longest session is shorter than the catalog says',
      ['max-session warning'],
      () => void (role().maxSessionDuration = 3_600),
    ],
    [
      'its longest session is shorter than what is asked for',
      ['max-session error stops'],
      () => void (role().maxSessionDuration = 900),
    ],
  ])('%s', async (_fault, expected, provoke) => {
    const entitlement = provoke() ?? adminRole;
    expect(wrong(await look(entitlement))).toEqual(expected);
  });

  test('each says what to do, and names who else can get in to operators alone', async () => {
    role().trustPolicy = trust({ AWS: [brokerArn, 'arn:aws:iam::123456789012:user/eve'] });
    const found = (await look()).find(({ check }) => check === 'trust-others');
    expect(found?.message).toContain(
      'Take them out of its trust policy: arn:aws:iam::123456789012:user/eve.',
    );
    expect(found?.summary).not.toContain('eve');
  });

  test('the right external id, asked for, is well', async () => {
    role().trustPolicy = {
      Version: '2012-10-17',
      Statement: [
        {
          ...trust({ AWS: brokerArn }).Statement[0],
          Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } },
        },
      ],
    };
    expect(wrong(await look({ ...adminRole, target: { ...target, externalId: 'x-1' } }))).toEqual([]);
    expect(wrong(await look({ ...adminRole, target: { ...target, externalId: 'x-2' } }))).toEqual([
      'trust error stops',
    ]);
  });
});

describe("every fault of the account and of Daypass's own roles is found", () => {
  const account = () => accountIn(house);
  const writer = () => role('daypass-deny-writer');
  const all = [
    'iam:CreatePolicyVersion',
    'iam:DeletePolicyVersion',
    'iam:GetPolicyVersion',
    'iam:ListEntitiesForPolicy',
    'iam:ListPolicyVersions',
  ];
  const inline = (document: Record<string, unknown>) => void (writer().inlinePolicies = { p: document });
  test.each<[string, string[], () => void]>([
    [
      'another alias than the catalog says',
      ['account error stops'],
      () => void (account().alias = 'somebody-else'),
    ],
    ['no alias', ['account error stops'], () => void delete account().alias],
    [
      'no boundary policy',
      ['boundary-policy error'],
      () => void delete account().managedPolicies[boundaryArn],
    ],
    [
      'a boundary that allows not everything',
      ['boundary-policy error'],
      () => void (account().managedPolicies[boundaryArn] = allow('s3:*', '*')),
    ],
    [
      'no deny-writer',
      ['deny-writer error'],
      () => void (account().roles = account().roles.filter((one) => one !== writer())),
    ],
    [
      'a deny-writer that somebody else can assume',
      ['deny-writer error'],
      () => void (writer().trustPolicy = trust({ AWS: [brokerArn, '123456789012'] }, 'sts:AssumeRole')),
    ],
    [
      'a deny-writer that Daypass cannot assume',
      ['deny-writer error', 'deny-writer error'],
      () => void (writer().trustPolicy = trust({ AWS: '123456789012' }, 'sts:AssumeRole')),
    ],
    [
      'a deny-writer with a right more',
      ['deny-writer error'],
      () => inline(allow([...all, 'iam:SetDefaultPolicyVersion'])),
    ],
    ['a deny-writer with patterns', ['deny-writer error'], () => inline(allow('iam:*'))],
    [
      'a deny-writer on more than its policy',
      ['deny-writer error'],
      () => inline(allow(all, [boundaryArn, 'arn:aws:iam::aws:policy/x'])),
    ],
    [
      'a deny-writer on every policy',
      ['deny-writer error', 'deny-writer error'],
      () => inline(allow(all, '*')),
    ],
    [
      'a deny-writer with an attached policy',
      ['deny-writer error'],
      () => void (writer().managedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess']),
    ],
    [
      'a deny-writer with a second inline policy',
      ['deny-writer error'],
      () => void (writer().inlinePolicies['q'] = allow('iam:PassRole', '*')),
    ],
    ['a deny-writer with a right less', ['deny-writer error'], () => inline(allow(all.slice(1)))],
    [
      'a deny-writer with a deny',
      ['deny-writer warning'],
      () =>
        void (writer().inlinePolicies['q'] = {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
        }),
    ],
    [
      'a deny-writer with a boundary of its own',
      ['deny-writer warning'],
      () => void (writer().permissionsBoundaryArn = boundaryArn),
    ],
    [
      'an inspector that somebody else can assume',
      ['inspector error'],
      () =>
        void (role('daypass-inspector').trustPolicy = trust(
          { AWS: [brokerArn, '123456789012'] },
          'sts:AssumeRole',
        )),
    ],
    [
      'an inspector with a right more',
      ['inspector error'],
      () => void (role('daypass-inspector').inlinePolicies['q'] = allow('iam:CreateUser', '*')),
    ],
  ])('%s', async (_fault, expected, provoke) => {
    provoke();
    expect(wrong(await look(adminRole, 'daypass-prod'))).toEqual(expected);
  });

  test('statements of others in the boundary policy are worth knowing; the denies of Daypass are not', async () => {
    const [plain] = allow('*', '*').Statement;
    const deny = (Sid: string) => ({ Sid, Effect: 'Deny', Action: 's3:*', Resource: '*' });
    account().managedPolicies[boundaryArn] = {
      Version: '2012-10-17',
      Statement: [plain, deny('DaypassEndedGrants'), deny('Theirs')],
    };
    const said = (await look()).filter(({ check }) => check === 'boundary-policy');
    expect(said.map(({ level, message }) => [level, /: ([^.]*)\. Daypass/.exec(message)?.[1]])).toEqual([
      ['ok', undefined],
      ['info', 'Theirs'],
    ]);
  });

  test('an inspector that cannot be assumed leaves everything unknown, and says how to mend it', async () => {
    account().roles = account().roles.filter(({ name }) => name !== 'daypass-inspector');
    house.clients.inspector.close();
    const found = await look();
    expect(wrong(found)).toEqual(['role unknown', 'inspector warning']);
    expect(found.find(({ check }) => check === 'inspector')?.message).toContain(
      'let role daypass-broker of account 999988887777 assume it',
    );
    house.clients.inspector.close();
  });

  test('an inspector that may not read a role says which right is missing', async () => {
    house.aws.fault({ service: 'iam', action: 'GetRole', kind: 'refuse', times: 3 });
    const found = await look();
    expect(wrong(found)).toEqual(['role unknown', 'deny-writer unknown', 'inspector unknown']);
    expect(found[0]?.message).toContain('let role daypass-inspector read it');
  });
});

describe('every fault of a permission set is found', () => {
  const set = () => {
    const [found] = house.aws.world.identityCenter.permissionSets;
    if (found === undefined) throw new Error('there is a permission set');
    return found;
  };
  test.each<[string, string[], () => void]>([
    [
      'it is missing',
      ['permission-set error stops'],
      () => void (house.aws.world.identityCenter.permissionSets = []),
    ],
    ['its sessions last longer', ['session-duration error'], () => void (set().sessionDuration = 'PT12H')],
    ['its sessions are shorter', ['session-duration warning'], () => void (set().sessionDuration = 'PT30M')],
    ['it has no boundary', ['boundary error'], () => void delete set().permissionsBoundary],
    ['it has another boundary', ['boundary error'], () => void (set().permissionsBoundary = 'other')],
    [
      'the account lacks the policy of its boundary',
      ['boundary error stops', 'boundary-policy error'],
      () => void delete accountIn(house).managedPolicies[boundaryArn],
    ],
    [
      'the instance does not answer',
      ['permission-set unknown'],
      () => house.aws.fault({ service: 'sso-admin', action: '*', kind: 'server-error' }),
    ],
    [
      'the instance refuses',
      ['permission-set unknown'],
      () =>
        house.aws.fault({
          service: 'sso-admin',
          action: 'GetPermissionsBoundaryForPermissionSet',
          kind: 'refuse',
        }),
    ],
    ['its duration cannot be read', ['permission-set unknown'], () => void (set().sessionDuration = 'P1D')],
  ])('%s', async (_fault, expected, provoke) => {
    provoke();
    expect(wrong(await look(house.permissionSet))).toEqual(expected);
  });

  test('without an instance in the configuration nothing is known of it', async () => {
    const without = looking.process({ permissionSet: null });
    expect(wrong(await findingsOf(without, house.permissionSet))).toEqual(['permission-set unknown']);
  });
});

describe('an AWS that does not answer is unknown, never well', () => {
  const unknowns = [
    'role unknown',
    'account unknown',
    'boundary-policy unknown',
    'deny-writer unknown',
    'inspector unknown',
  ];
  test.each(['cut', 'server-error', 'rubbish'] as const)('when IAM answers %s', async (kind) => {
    house.aws.fault({ service: 'iam', action: '*', kind });
    expect(wrong(await look())).toEqual(unknowns);
    expect(verdictOf(await look())).toBe('unknown');
  });

  test('when IAM hangs, of which it asks once and not for every thing', async () => {
    house.aws.fault({ service: 'iam', action: '*', kind: 'hang' });
    const before = house.aws.log.length;
    expect(wrong(await look())).toEqual(unknowns);
    expect(house.aws.log.slice(before).filter(({ service }) => service === 'iam')).toHaveLength(1);
  });

  test('what is throttled is asked again after pauses that grow, and given up in the end', async () => {
    looking.pauses.length = 0;
    house.aws.fault({ service: 'iam', action: '*', kind: 'throttle', times: 3 });
    expect(wrong(await look())).toEqual([]);
    expect(looking.pauses).toEqual([375, 750, 1500]);
    house.aws.fault({ service: 'iam', action: '*', kind: 'throttle' });
    expect(wrong(await look())).toEqual(unknowns);
    expect(looking.pauses).toHaveLength(7);
  });
});
