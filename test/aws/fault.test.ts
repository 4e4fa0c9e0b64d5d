import type { STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createAssumeRole } from '../../src/aws/assume-role.ts';
import { awsFault } from '../../src/aws/fault.ts';
import { KeylessError } from '../../src/aws/identity-check.ts';

function answered(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('AccountId 111122223333 secret'), {
    name,
    $fault: 'client',
    $metadata: { httpStatusCode },
  });
}

test.each([
  [answered('AccessDenied', 403), 'refused'],
  [answered('ValidationError', 400), 'refused'],
  [answered('Throttling', 400), 'throttled'],
  [answered('TooManyRequestsException', 429), 'throttled'],
  [answered('ConflictException', 400), 'conflict'],
  [answered('ResourceNotFoundException', 400), 'not-found'],
  [answered('InternalFailure', 500), 'unavailable'],
  // A proxy's word, or a broken answer: it may have been done.
  [answered('UnknownError', 502), 'unknown-outcome'],
  [answered('504', 504), 'unknown-outcome'],
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'unavailable'],
  [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'unknown-outcome'],
  [Object.assign(new Error('x'), { name: 'TimeoutError' }), 'unknown-outcome'],
  [new SyntaxError('x'), 'unknown-outcome'],
  [new KeylessError('x'), 'unavailable'],
  ['a string', 'unknown-outcome'],
])('%s is %s', (error, kind) => {
  const fault = awsFault(error);
  expect(fault.kind).toBe(kind);
  expect(fault.code).not.toContain('secret');
});

const whole = {
  Credentials: {
    AccessKeyId: 'ASIAX',
    SecretAccessKey: 's3cret',
    SessionToken: 't',
    Expiration: new Date(0),
  },
  AssumedRoleUser: { Arn: 'arn:aws:sts::111122223333:assumed-role/r/s', AssumedRoleId: 'x' },
};
const input = {
  roleArn: 'arn:aws:iam::111122223333:role/r',
  roleSessionName: 's',
  durationSeconds: 900,
  policy: '{}',
  sourceIdentity: 'p',
  tags: [],
  transitiveTagKeys: [],
  externalId: null,
};

async function ask(reply: unknown) {
  return createAssumeRole({ send: async () => reply } as unknown as STSClient)(input);
}

test('a whole answer is issued, and its secret cannot be printed', async () => {
  const reply = await ask(whole);
  expect(reply.kind).toBe('issued');
  expect(JSON.stringify(reply)).not.toContain('s3cret');
});

test.each([
  ['nothing', {}],
  ['a long-term key', { ...whole, Credentials: { ...whole.Credentials, AccessKeyId: 'AKIAX' } }],
  ['no session token', { ...whole, Credentials: { ...whole.Credentials, SessionToken: undefined } }],
  ['no expiration', { ...whole, Credentials: { ...whole.Credentials, Expiration: undefined } }],
  ['no identity', { ...whole, AssumedRoleUser: undefined }],
])('an answer with %s has an unknown outcome', async (_what, reply) => {
  expect(await ask(reply)).toMatchObject({ kind: 'fault', fault: { kind: 'unknown-outcome' } });
});
