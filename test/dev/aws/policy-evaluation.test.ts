import { describe, expect, it } from 'vitest';
import { evaluate, type CallerPolicies, type Decision } from '../../../dev/aws/iam/evaluate.ts';
import { parsePolicy, type Policy } from '../../../dev/aws/iam/policy.ts';

const request = {
  action: 'iam:GetRole',
  resource: 'arn:aws:iam::111122223333:role/daypass-admin',
  context: {},
};
const one = (statement: Record<string, unknown>): Policy =>
  parsePolicy({ Version: '2012-10-17', Statement: { Resource: '*', ...statement } }, 'identity');
const ALLOW = one({ Effect: 'Allow', Action: '*' });
const DENY = one({ Effect: 'Deny', Action: '*' });
const SILENT = one({ Effect: 'Allow', Action: 'ec2:*' });

function outcome(decision: Decision): string {
  return decision.allowed ? 'allow' : `${decision.explicit ? 'explicit' : 'implicit'}: ${decision.source}`;
}

describe('policy evaluation', () => {
  // IAM User Guide, "Policy evaluation logic" and "How AWS enforcement code logic evaluates requests".
  const table: [what: string, policies: CallerPolicies, outcome: string][] = [
    ['nothing', { identity: [] }, 'implicit: identity-based policy'],
    ['an allow', { identity: [SILENT, ALLOW] }, 'allow'],
    ['an allow and a deny', { identity: [ALLOW, DENY] }, 'explicit: identity-based policy'],
    ['a boundary that allows', { identity: [ALLOW], boundary: ALLOW }, 'allow'],
    ['a boundary alone', { identity: [], boundary: ALLOW }, 'implicit: identity-based policy'],
    ['a boundary that is silent', { identity: [ALLOW], boundary: SILENT }, 'implicit: permissions boundary'],
    ['a boundary that denies', { identity: [ALLOW], boundary: DENY }, 'explicit: permissions boundary'],
    ['a session policy that allows', { identity: [ALLOW], session: [ALLOW] }, 'allow'],
    ['one session policy of two that allows', { identity: [ALLOW], session: [SILENT, ALLOW] }, 'allow'],
    ['a session policy alone', { identity: [], session: [ALLOW] }, 'implicit: identity-based policy'],
    ['a session policy that is silent', { identity: [ALLOW], session: [SILENT] }, 'implicit: session policy'],
    ['an empty list of session policies', { identity: [ALLOW], session: [] }, 'implicit: session policy'],
    [
      'a session policy of a deny beside an allow',
      { identity: [ALLOW], session: [ALLOW, DENY] },
      'explicit: session policy',
    ],
    ['all three', { identity: [ALLOW], boundary: ALLOW, session: [ALLOW] }, 'allow'],
  ];
  it.each(table)('%s: %#', (_what, policies, expected) => {
    expect(outcome(evaluate(request, policies))).toBe(expected);
  });

  // IAM User Guide, "IAM JSON policy elements": Action, NotAction, Resource, NotResource.
  it.each([
    [{ Action: 'iam:GetRole' }, true],
    [{ Action: 'IAM:getrole' }, true],
    [{ Action: 'iam:Get*' }, true],
    [{ Action: 'iam:GetRol?' }, true],
    [{ Action: 'iam:Get' }, false],
    [{ Action: ['s3:*', 'iam:*'] }, true],
    [{ NotAction: 's3:*' }, true],
    [{ NotAction: ['s3:*', 'iam:GetRole'] }, false],
    [{ Action: '*', Resource: 'arn:aws:iam::111122223333:role/daypass-*' }, true],
    [{ Action: '*', Resource: 'arn:aws:iam::*:role/daypass-admin' }, true],
    [{ Action: '*', Resource: 'arn:aws:iam::444455556666:role/daypass-admin' }, false],
    [{ Action: '*', Resource: 'arn:aws:iam::111122223333:role/Daypass-Admin' }, false],
    [{ Action: '*', Resource: undefined, NotResource: 'arn:aws:iam::111122223333:role/daypass-*' }, false],
    [{ Action: '*', Resource: undefined, NotResource: 'arn:aws:iam::444455556666:role/*' }, true],
  ])('a statement with %j applies: %s', (statement, expected) => {
    const given = Object.fromEntries(
      Object.entries({ Resource: '*', ...statement }).filter(([, value]) => value !== undefined),
    );
    const policy = parsePolicy({ Statement: [{ Effect: 'Allow', ...given }] }, 'identity');
    expect(evaluate(request, { identity: [policy] }).allowed).toBe(expected);
  });
});

describe('a trust policy', () => {
  const session = {
    account: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/broker/s',
    roleArn: 'arn:aws:iam::111122223333:role/broker',
  };
  const stranger = {
    ...session,
    account: '999988887777',
    arn: session.arn.replace('111122223333', '999988887777'),
    roleArn: 'arn:aws:iam::999988887777:role/broker',
  };
  const trust = (Principal: unknown, Effect = 'Allow'): Policy =>
    parsePolicy({ Statement: [{ Effect, Principal, Action: 'iam:GetRole' }] }, 'trust');
  const nothing: CallerPolicies = { identity: [] };
  const narrow: CallerPolicies = { identity: [], boundary: SILENT };

  // IAM User Guide, "Evaluating identity-based policies with resource-based policies", "Cross-account policy evaluation logic",
  // "Principal element".
  it.each([
    ['the session itself, same account', { AWS: session.arn }, session, narrow, 'allow'],
    ['the role, same account', { AWS: session.roleArn }, session, nothing, 'allow'],
    [
      'the role, same account, a silent boundary',
      { AWS: session.roleArn },
      session,
      narrow,
      'implicit: permissions boundary',
    ],
    [
      'the account delegates to identity policies',
      { AWS: '111122223333' },
      session,
      nothing,
      'implicit: identity-based policy',
    ],
    [
      'the account by its root ARN',
      { AWS: 'arn:aws:iam::111122223333:root' },
      session,
      { identity: [ALLOW] },
      'allow',
    ],
    [
      'the role, across accounts, not allowed at home',
      { AWS: stranger.roleArn },
      stranger,
      nothing,
      'implicit: identity-based policy',
    ],
    [
      'the session, across accounts, not allowed at home',
      { AWS: stranger.arn },
      stranger,
      nothing,
      'implicit: identity-based policy',
    ],
    [
      'the role, across accounts, allowed at home',
      { AWS: stranger.roleArn },
      stranger,
      { identity: [ALLOW] },
      'allow',
    ],
    [
      'everyone, across accounts, not allowed at home',
      '*',
      stranger,
      nothing,
      'implicit: identity-based policy',
    ],
    [
      'somebody else',
      { AWS: 'arn:aws:iam::111122223333:role/other' },
      session,
      { identity: [ALLOW] },
      'implicit: resource-based policy',
    ],
    [
      'a service',
      { Service: 'ecs-tasks.amazonaws.com' },
      session,
      { identity: [ALLOW] },
      'implicit: resource-based policy',
    ],
  ] as const)('that names %s', (_what, principal, caller, policies, expected) => {
    const decision = evaluate(request, policies as CallerPolicies, {
      kind: 'trust',
      policy: trust(principal),
      account: '111122223333',
      caller,
    });
    expect(outcome(decision)).toBe(expected);
  });

  it('that denies wins over every allow', () => {
    const policy = {
      statements: [...trust({ AWS: session.arn }).statements, ...trust('*', 'Deny').statements],
    };
    const decision = evaluate(
      request,
      { identity: [ALLOW] },
      { kind: 'trust', policy, account: '111122223333', caller: session },
    );
    expect(outcome(decision)).toBe('explicit: resource-based policy');
  });

  it('with a wildcard inside a principal or with NotPrincipal is refused loudly', () => {
    const policy = trust({ AWS: 'arn:aws:iam::111122223333:role/*' });
    expect(() =>
      evaluate(request, nothing, { kind: 'trust', policy, account: '111122223333', caller: session }),
    ).toThrow('Invalid principal');
    const not = { Statement: [{ Effect: 'Deny', NotPrincipal: { AWS: '111122223333' }, Action: '*' }] };
    expect(() => parsePolicy(not, 'trust')).toThrow('NotPrincipal');
  });
});

describe('a policy document', () => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  // IAM User Guide, "Grammar of the IAM JSON policy language".
  it.each([
    ['an unknown top element', { Statement: [allow], Extra: 1 }],
    ['an unknown statement element', { Statement: [{ ...allow, When: 'now' }] }],
    ['an unknown version', { Version: '2020-01-01', Statement: [allow] }],
    ['no statement', { Version: '2012-10-17' }],
    ['an empty statement list', { Statement: [] }],
    ['an effect that is none', { Statement: [{ ...allow, Effect: 'allow' }] }],
    ['Action and NotAction', { Statement: [{ ...allow, NotAction: 's3:*' }] }],
    ['no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
    ['no resource', { Statement: [{ Effect: 'Allow', Action: '*' }] }],
    ['a principal in an identity policy', { Statement: [{ ...allow, Principal: '*' }] }],
    [
      'the same Sid twice',
      {
        Statement: [
          { ...allow, Sid: 'A' },
          { ...allow, Sid: 'A' },
        ],
      },
    ],
    ['a Sid with a space', { Statement: [{ ...allow, Sid: 'A b' }] }],
  ])('with %s is malformed', (_what, document) => {
    expect(() => parsePolicy(document, 'identity')).toThrow(
      expect.objectContaining({ name: 'PolicyProblem', kind: 'malformed' }),
    );
  });
});
