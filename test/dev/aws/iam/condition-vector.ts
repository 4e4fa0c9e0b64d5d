import type { RequestContext } from '../../../../dev/aws/iam/context.ts';
import type { Source } from './sources.ts';
import { ALLOW, type Expected, policy, type Vector } from './vector.ts';

type Block = Record<string, Record<string, unknown>>;

/** An allow with this condition: it applies, or nothing allows. */
export function allows(
  source: Source,
  says: string,
  Condition: Block,
  context: RequestContext,
  applies: boolean,
): Vector {
  const expected: Expected = applies ? 'allow' : 'implicit deny: identity-based policy';
  return { says, source, context, identity: [policy({ Effect: 'Allow', Condition })], expected };
}

/** A deny with this condition beside an allow: it applies, or the allow stands. */
export function denies(
  source: Source,
  says: string,
  Condition: Block,
  context: RequestContext,
  applies: boolean,
): Vector {
  const expected: Expected = applies ? 'explicit deny: identity-based policy' : 'allow';
  return { says, source, context, identity: [ALLOW, policy({ Effect: 'Deny', Condition })], expected };
}

export function refused(
  source: Source,
  says: string,
  Condition: Block,
  expected: 'malformed' | 'unsupported',
): Vector {
  return {
    says,
    source,
    identity: [policy({ Effect: 'Allow', Condition })],
    context: { 'aws:TagKeys': ['a'] },
    expected,
  };
}

export const job = 'aws:PrincipalTag/job-category';
