import type { RequestContext } from '../../../../dev/aws/iam/context.ts';
import type { PolicyDocument } from '../../../../dev/aws/iam/policy.ts';
import type { Source } from './sources.ts';

/** One documented rule of AWS's evaluation, as a request, the policies around it and what must come of it. */
export interface Vector {
  /** The rule, in our words. */
  says: string;
  source: Source;
  /** Default: `s3:GetObject` on `OBJECT`. */
  action?: string;
  resource?: string;
  context?: RequestContext;
  /** Default: a session of the role `examplerole` in the account 111122223333. */
  caller?: 'role session' | 'user';
  identity?: PolicyDocument[];
  boundary?: PolicyDocument;
  session?: PolicyDocument[];
  serviceControl?: PolicyDocument[][];
  /** A resource-based policy; the resource is of the caller's account unless said otherwise. */
  attached?: { kind: 'trust' | 'resource'; policy: PolicyDocument; account?: string };
  expected: Expected;
}

export type Expected =
  | 'allow'
  | `${'explicit' | 'implicit'} deny: ${'identity-based policy' | 'permissions boundary' | 'session policy' | 'service control policy' | 'resource-based policy'}`
  /** AWS would not take the policy. */
  | 'malformed'
  /** AWS would judge it, or leaves it open; nobody here guesses. */
  | 'unsupported';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/examplerole`;
export const ROLE_SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/examplerole/examplerolesessionname`;
export const USER = `arn:aws:iam::${ACCOUNT}:user/exampleuser`;
export const OBJECT = 'arn:aws:s3:::amzn-s3-demo-bucket/logs/a.txt';

export type Part = Record<string, unknown>;

/** A policy of these statements, each about everything unless it says otherwise. */
export function policy(...statements: Part[]): PolicyDocument {
  const whole = statements.map((statement) => {
    const action = 'NotAction' in statement ? {} : { Action: '*' };
    const resource = 'NotResource' in statement ? {} : { Resource: '*' };
    return { ...action, ...resource, ...statement };
  });
  return { Version: '2012-10-17', Statement: whole };
}

export const ALLOW = policy({ Effect: 'Allow' });
export const DENY = policy({ Effect: 'Deny' });
/** Allows something else, and so nothing of what is asked. */
export const SILENT = policy({ Effect: 'Allow', Action: 'sqs:*' });
