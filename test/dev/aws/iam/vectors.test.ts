import { describe, expect, it } from 'vitest';
import { evaluate, type ResourcePolicy } from '../../../../dev/aws/iam/evaluate.ts';
import { parsePolicy, type PolicyDocument } from '../../../../dev/aws/iam/policy.ts';
import { PolicyProblem } from '../../../../dev/aws/iam/problem.ts';
import { ACCOUNT, OBJECT, ROLE, ROLE_SESSION, USER, type Vector } from './vector.ts';
import { COMPARISONS } from './vectors-comparisons.ts';
import { ELEMENTS } from './vectors-elements.ts';
import { ORIGINS } from './vectors-origins.ts';
import { POLICY_TYPES } from './vectors-policy-types.ts';
import { RESOURCE_POLICIES } from './vectors-resource-policies.ts';
import { SETS_OF_VALUES } from './vectors-sets.ts';

const groups = { POLICY_TYPES, RESOURCE_POLICIES, ELEMENTS, COMPARISONS, ORIGINS, SETS_OF_VALUES };

function attached({ attached: given, caller }: Vector): ResourcePolicy | undefined {
  if (!given) return undefined;
  const names =
    caller === 'user'
      ? { account: ACCOUNT, arn: USER }
      : { account: ACCOUNT, arn: ROLE_SESSION, roleArn: ROLE };
  const document = parsePolicy(given.policy, given.kind);
  return { kind: given.kind, policy: document, account: given.account ?? ACCOUNT, caller: names };
}

function judged(vector: Vector): string {
  const read = (document: PolicyDocument) => parsePolicy(document, 'identity');
  const { action = 's3:GetObject', resource = OBJECT, context = {} } = vector;
  try {
    const policies = {
      identity: (vector.identity ?? []).map(read),
      boundary: vector.boundary && read(vector.boundary),
      session: vector.session?.map(read),
      serviceControl: vector.serviceControl?.map((level) => level.map(read)),
    };
    const decision = evaluate({ action, resource, context }, policies, attached(vector));
    if (decision.allowed) return 'allow';
    return `${decision.explicit ? 'explicit' : 'implicit'} deny: ${decision.source}`;
  } catch (error) {
    if (error instanceof PolicyProblem) return error.kind;
    throw error;
  }
}

describe.each(Object.entries(groups))('the documented evaluation: %s', (_group, vectors) => {
  it.each(vectors.map((vector) => [`${vector.says} (${vector.source.title})`, vector] as const))(
    '%s',
    (_name, vector) => {
      expect(judged(vector)).toBe(vector.expected);
    },
  );
});

describe('the vectors', () => {
  const all = Object.values(groups).flat();

  it('name a page of AWS each, and no rule twice', () => {
    for (const { source } of all) {
      expect(source.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/[\w/.#-]+$/);
    }
    const rules = all.map(({ says }) => says);
    expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([]);
  });

  it('hold every outcome and every type of policy', () => {
    const outcomes = new Set(all.map(({ expected }) => expected));
    for (const type of [
      'identity-based policy',
      'permissions boundary',
      'session policy',
      'service control policy',
      'resource-based policy',
    ]) {
      expect(outcomes).toContain(`explicit deny: ${type}`);
      expect(outcomes).toContain(`implicit deny: ${type}`);
    }
    for (const outcome of ['allow', 'malformed', 'unsupported']) expect(outcomes).toContain(outcome);
  });
});
