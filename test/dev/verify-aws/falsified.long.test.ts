import { describe, expect, it } from 'vitest';
import type { World } from '../../../dev/aws/world.ts';
import { allWell } from '../../../dev/verify-aws/report.ts';
import type { Bend } from './aws-front.ts';
import { fullWorld, options, runAgainst, seen } from './verify-under-test.ts';

const denied = { error: 'AccessDenied', message: 'with an explicit deny in a permissions boundary' };
const notThere = { error: 'NoSuchEntity', message: 'daypass-verify-none cannot be found.' };
const bucketsListed = { body: '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>' };

/** What STS answers to AssumeRole, with credentials that nobody knows. */
function lent(parameters: Record<string, unknown>, more = '') {
  const role = String(parameters['RoleArn']).split('/').at(-1);
  const arn = `arn:aws:sts::111122223333:assumed-role/${role}/${String(parameters['RoleSessionName'])}`;
  const secret = '<SecretAccessKey>x</SecretAccessKey><SessionToken>x</SessionToken>';
  const identity = `<SourceIdentity>${String(parameters['SourceIdentity'])}</SourceIdentity>`;
  return {
    result: `<Credentials><AccessKeyId>ASIAZZZZZZZZZZZZZZZZ</AccessKeyId>${secret}<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser>${identity}${more}`,
  };
}

/** Answers so from when a deny of Daypass was written, until another document is. */
function whileDenied(hit: string, bent: ReturnType<Bend>, forGood = false): Bend {
  let on = false;
  return (action, { PolicyDocument: document }) => {
    if (action === 'CreatePolicyVersion') on = String(document).includes('DaypassEnded') || (on && forGood);
    return on && action === hit ? bent : null;
  };
}

function after(times: number, action: string, bent: ReturnType<Bend>): Bend {
  let seen = 0;
  return (called) => (called === action && seen++ >= times ? bent : null);
}

/** Lets the role be gone on to by anybody, but for the first who tries, whom the stand-in answers. */
function afterOnward(times: number): Bend {
  let tried = 0;
  return (action, parameters) =>
    action === 'AssumeRole' && String(parameters['RoleArn']).endsWith('team-onward') && tried++ >= times
      ? lent(parameters)
      : null;
}

function role(world: World, name: string) {
  const found = world.accounts[1]?.roles.find((one) => one.name === name);
  if (found === undefined) throw new Error('no role');
  return found;
}

interface Case {
  /** Ids, with commas between. */
  claim: string;
  what: string;
  bend?: Bend;
  world?: (world: World) => void;
}

const cases: Case[] = [
  {
    claim:
      'sessions.marks,cut-off.second,conditions.addresses,conditions.tls,conditions.untagged,conditions.assurance,conditions.choice',
    what: 'no condition keeps anything from S3',
    bend: after(0, 'GET /', bucketsListed),
  },
  {
    claim: 'session-policy.accepted',
    what: 'STS refuses one form of the policy',
    bend: (action, { Policy }) =>
      action === 'AssumeRole' && String(Policy).includes('aws:SourceVpce')
        ? { error: 'MalformedPolicyDocument', message: 'no' }
        : null,
  },
  {
    claim: 'session-policy.estimate',
    what: 'the packed size is above the estimate',
    bend: (action, parameters) =>
      action === 'AssumeRole' && parameters['Policy'] !== undefined
        ? lent(parameters, '<PackedPolicySize>99</PackedPolicySize>')
        : null,
  },
  {
    claim: 'session-policy.length',
    what: 'a longer policy is accepted',
    bend: (action, parameters) =>
      action === 'AssumeRole' && String(parameters['Policy']).length > 2048 ? lent(parameters) : null,
  },
  {
    claim: 'sessions.name',
    what: 'GetCallerIdentity shows another name',
    bend: after(1, 'GetCallerIdentity', {
      result:
        '<Arn>arn:aws:sts::111122223333:assumed-role/daypass-readonly/other</Arn><Account>111122223333</Account>',
    }),
  },
  {
    claim: 'sessions.chaining',
    what: 'a longer session is given',
    bend: (_, parameters) => (parameters['DurationSeconds'] === '3601' ? lent(parameters) : null),
  },
  {
    claim: 'sessions.external-id',
    what: 'the role is lent without the external id',
    world: (world) => {
      const { trustPolicy } = role(world, 'daypass-external');
      for (const statement of trustPolicy.Statement as Record<string, unknown>[])
        delete statement['Condition'];
    },
  },
  {
    claim: 'boundary.size',
    what: 'a longer document is accepted',
    bend: (action, { PolicyDocument }) =>
      action === 'CreatePolicyVersion' && String(PolicyDocument).replaceAll(/\s/g, '').length > 6144
        ? { result: '<PolicyVersion><VersionId>v99</VersionId></PolicyVersion>' }
        : null,
  },
  {
    claim: 'boundary.versions',
    what: 'a sixth version is accepted',
    bend: after(4, 'CreatePolicyVersion', {
      result: '<PolicyVersion><VersionId>v99</VersionId></PolicyVersion>',
    }),
  },
  {
    claim: 'boundary.entities,early-end.denied,own-roles.preflight',
    what: 'the role has no boundary',
    world: (world) => delete role(world, 'daypass-readonly').permissionsBoundaryArn,
  },
  {
    claim: 'early-end.denied',
    what: 'one service goes on answering',
    bend: whileDenied('ListAccountAliases', { result: '<IsTruncated>false</IsTruncated><AccountAliases/>' }),
  },
  {
    claim: 'early-end.others',
    what: 'the deny hits neighbours',
    bend: whileDenied('ListAccountAliases', denied),
  },
  {
    claim: 'early-end.caller-identity',
    what: 'GetCallerIdentity is denied, too',
    bend: whileDenied('GetCallerIdentity', denied),
  },
  {
    claim: 'early-end.removed',
    what: 'the session stays dead without the deny',
    bend: whileDenied('ListAccountAliases', denied, true),
  },
  {
    claim: 'onward.denied',
    what: 'the role gone on to has no boundary',
    world: (world) => delete role(world, 'team-onward').permissionsBoundaryArn,
  },
  {
    claim: 'onward.denied',
    what: 'a session goes on without being allowed to',
    bend: afterOnward(1),
  },
  { claim: 'guards.calls', what: 'a call gets past the guards', bend: after(0, 'CreateAccessKey', notThere) },
  {
    claim: 'guards.own',
    what: 'a call on the boundary gets past the guards',
    bend: (action, { VersionId }) =>
      action === 'DeletePolicyVersion' && VersionId === 'v999999' ? notThere : null,
  },
  {
    claim: 'guards.simulated',
    what: 'a pattern does not catch its action',
    bend: (action, { ActionNames }) =>
      action === 'SimulateCustomPolicy'
        ? {
            result: `<EvaluationResults>${(ActionNames as string[]).map((name) => `<member><EvalActionName>${name}</EvalActionName><EvalDecision>allowed</EvalDecision></member>`).join('')}</EvaluationResults>`,
          }
        : null,
  },
  {
    claim: 'own-roles.deny-writer',
    what: 'the deny-writer may do more',
    world: (world) => {
      role(world, 'daypass-deny-writer').inlinePolicies['more'] = {
        Statement: [{ Effect: 'Allow', Action: 'iam:PutRolePolicy', Resource: '*' }],
      };
    },
  },
  {
    claim: 'own-roles.deny-writer-call',
    what: 'the deny-writer is answered elsewhere',
    world: (world) => {
      role(world, 'daypass-deny-writer').inlinePolicies['more'] = {
        Statement: [{ Effect: 'Allow', Action: 'iam:ListAccountAliases', Resource: '*' }],
      };
    },
  },
  {
    claim: 'own-roles.no-tags',
    what: 'the trust policy lets tags in',
    world: (world) => {
      const { trustPolicy } = role(world, 'daypass-inspector');
      for (const statement of trustPolicy.Statement as Record<string, unknown>[])
        statement['Action'] = 'sts:*';
    },
  },
  {
    claim: 'conditions.regions',
    what: 'the region does not matter',
    bend: after(0, 'GET /prod-data/', {
      body: '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>',
    }),
  },
  {
    claim: 'conditions.resource-tags',
    what: 'another value is let through',
    world: (world) => {
      role(world, 'daypass-readonly').tags = { team: 'data-other' };
    },
  },
  {
    claim: 'identity-center.role,identity-center.portal-deny',
    what: 'the permission set has no boundary',
    world: (world) => delete world.identityCenter.permissionSets[0]?.permissionsBoundary,
  },
];

describe('a claim that AWS does not keep', () => {
  it.each(cases)('$claim fails when $what', async ({ claim, bend, world: change }) => {
    const { world, everything } = fullWorld();
    change?.(world);
    const { report, before, after, verdicts } = await runAgainst({
      world,
      options: options('--only', claim, '--rounds', '1', ...everything),
      ...(bend === undefined ? {} : { bend }),
    });
    for (const id of claim.split(',')) expect(verdicts[id], `${id}: ${seen(report, id)}`).toBe('fails');
    expect(allWell(report)).toBe(false);
    expect(after).toBe(before);
    expect(report.left).toEqual([]);
    expect(world.identityCenter.assignments).toEqual([]);
  });

  it('fails when the federation endpoint refuses the session', async () => {
    const { report, verdicts } = await runAgainst({
      options: options('--only', 'console.token'),
      begin: ({ aws }) =>
        aws.fault({ service: 'signin', action: 'GetSigninToken', kind: 'refuse', times: 1 }),
    });
    expect(verdicts).toEqual({ 'console.token': 'fails' });
    expect(allWell(report)).toBe(false);
  });

  it('is unclear, and not well, when AWS denies without saying which policy does', async () => {
    const { report, verdicts } = await runAgainst({
      options: options('--only', 'guards.calls'),
      bend: after(0, 'CreateAccessKey', { error: 'AccessDenied', message: 'not authorized' }),
    });
    expect(verdicts).toEqual({ 'guards.calls': 'unclear' });
    expect(allWell(report)).toBe(false);
  });

  it('is not counted where the organisation denies first, and the rest is', async () => {
    const first = { error: 'AccessDenied', message: 'with an explicit deny in a service control policy' };
    const { report, verdicts } = await runAgainst({
      options: options('--only', 'guards.calls'),
      bend: after(0, 'CreateAccessKey', first),
    });
    expect(verdicts).toEqual({ 'guards.calls': 'holds' });
    expect(seen(report, 'guards.calls')).toContain('denies before it: iam:CreateAccessKey.');
  });

  it('is unclear, and not well, when AWS cannot be asked', async () => {
    const { report, verdicts } = await runAgainst({
      options: options('--only', 'sessions.name'),
      bend: after(1, 'GetCallerIdentity', { error: 'Throttling', message: 'Rate exceeded' }),
    });
    expect(verdicts).toEqual({ 'sessions.name': 'unclear' });
    expect(allWell(report)).toBe(false);
  });
});
