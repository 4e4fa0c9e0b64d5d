import { createHash } from 'node:crypto';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  assume,
  awsUnderTest,
  BROKER,
  clients,
  narrowed,
  PROD_ADMIN,
  PROD_READONLY,
  statementsOf,
} from './aws-under-test.ts';

const base = { RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1' };
const tags = (count: number, length = 1): { Key: string; Value: string }[] =>
  Array.from({ length: count }, (_, i) => ({ Key: `k${i}`, Value: String(i % 10).repeat(length) }));

describe('AssumeRole', () => {
  it('answers the documented shape, counted from the second of receipt', async () => {
    const { aws, now } = await awsUnderTest();
    const answer = await clients(aws).sts.send(
      new AssumeRoleCommand({
        ...base,
        DurationSeconds: 900,
        Policy: narrowed(),
        SourceIdentity: 'usr_1',
        Tags: [{ Key: 'daypass:grant', Value: 'grt_1' }],
      }),
    );
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::111122223333:assumed-role/daypass-admin/ses_1');
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z0-9]{17}:ses_1$/);
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(answer.Credentials?.Expiration?.getTime()).toBe(now().getTime() + 900_000);
    expect(answer.SourceIdentity).toBe('usr_1');
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    expect(answer.SessionTokenSize).toBe(answer.Credentials?.SessionToken?.length);
    expect(answer.SessionTokenUtilization).toBeGreaterThan(0);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('issues credentials that prove who they are until they expire, and then no longer', async () => {
    const { aws, passSeconds } = await awsUnderTest();
    const session = await assume(aws, { DurationSeconds: 900 });
    const { sts } = clients(aws, session);
    passSeconds(899);
    const me = await sts.send(new GetCallerIdentityCommand({}));
    expect(me).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/daypass-admin/ses_1',
    });
    passSeconds(1);
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'ExpiredToken',
      $metadata: { httpStatusCode: 403 },
    });
  });

  const invalid: [string, Partial<AssumeRoleCommandInput>, RegExp][] = [
    ['a duration under 900', { DurationSeconds: 899 }, /durationSeconds.*greater than or equal to 900/],
    ['a duration over 43,200', { DurationSeconds: 43_201 }, /durationSeconds.*less than or equal to 43200/],
    [
      'more than an hour for a chained role',
      { DurationSeconds: 3601 },
      /^The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining\.$/,
    ],
    ['a session name with a slash', { RoleSessionName: 'a/b' }, /roleSessionName.*regular expression/],
    ['a session name of 65 characters', { RoleSessionName: 'a'.repeat(65) }, /roleSessionName.*equal to 64/],
    ['a session name of one character', { RoleSessionName: 'a' }, /roleSessionName.*equal to 2/],
    ['a source identity with a space', { SourceIdentity: 'a b' }, /sourceIdentity.*regular expression/],
    ['a source identity that begins with aws:', { SourceIdentity: 'aws:me' }, /reserved/],
    ['an external id of one character', { ExternalId: 'x' }, /externalId/],
    ['an external id with an illegal character', { ExternalId: 'x!y' }, /externalId/],
    ['fifty-one tags', { Tags: tags(51) }, /tags.*equal to 50/],
    ['a tag key of 129 characters', { Tags: [{ Key: 'k'.repeat(129), Value: 'v' }] }, /key.*equal to 128/],
    [
      'a tag value of 257 characters',
      { Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] },
      /value.*equal to 256/,
    ],
    ['a tag value with an illegal character', { Tags: [{ Key: 'k', Value: 'a;b' }] }, /regular expression/],
    ['a reserved tag key', { Tags: [{ Key: 'aws:x', Value: 'v' }] }, /reserved/],
    [
      'tag keys that differ in case alone',
      {
        Tags: [
          { Key: 'k', Value: '1' },
          { Key: 'K', Value: '2' },
        ],
      },
      /Duplicate tag keys/,
    ],
    ['a transitive key that is no tag', { TransitiveTagKeys: ['k'] }, /transitive tag key/],
    [
      'a policy of 2,049 characters',
      { Policy: ' '.repeat(2049 - narrowed().length) + narrowed() },
      /policy.*equal to 2048/,
    ],
    [
      'a managed policy that does not exist',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/None' }] },
      /does not exist/,
    ],
    [
      'eleven managed policies',
      { PolicyArns: Array.from({ length: 11 }, () => ({ arn: 'arn:aws:iam::aws:policy/A' })) },
      /equal to 10/,
    ],
    ['something that is no role ARN', { RoleArn: 'arn:aws:iam::111122223333:user/someone' }, /is invalid/],
  ];
  it.each(invalid)('refuses %s with a ValidationError and issues nothing', async (_what, input, message) => {
    const { aws } = await awsUnderTest();
    const call = clients(aws).sts.send(new AssumeRoleCommand({ ...base, ...input }));
    await expect(call).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(aws.log.at(-1)).toMatchObject({ status: 400, issuedAccessKeyId: null });
  });

  it('refuses a source identity that begins with aws:, whose colon the pattern excludes as well', async () => {
    const { aws } = await awsUnderTest();
    await expect(assume(aws, { SourceIdentity: 'aws:me' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('refuses more than the maximum of the role', async () => {
    const { aws } = await awsUnderTest();
    const role = aws.world.accounts[1]?.roles[0];
    if (role) {
      role.maxSessionDuration = 3600;
      role.trustPolicy = {
        Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:*' }],
      };
    }
    const policies = [{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];
    const user = aws.issueUserCredentials({ account: '111122223333', userName: 'old', policies });
    await expect(assume(aws, { DurationSeconds: 3601 }, user)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    await expect(assume(aws, { DurationSeconds: 3600 }, user)).resolves.toBeDefined();
  });

  it.each([
    ['no JSON', '{"Version"'],
    ['an unknown element', narrowed({ Action: '*', Effekt: 'Deny' })],
    ['an unknown operator', narrowed({ Action: '*', Condition: { StringEqual: { 'aws:userid': 'x' } } })],
    ['an action without a service', narrowed({ Action: 'ListBuckets' })],
    ['a resource that is no ARN', narrowed({ Action: '*', Resource: 'bucket' })],
    ['a principal', narrowed({ Action: '*', Principal: '*' })],
    [
      'a date that is none',
      narrowed({ Action: '*', Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } }),
    ],
  ])('refuses a session policy with %s as MalformedPolicyDocument', async (_what, policy) => {
    const { aws } = await awsUnderTest();
    await expect(assume(aws, { Policy: policy })).rejects.toMatchObject({
      name: expect.stringMatching(/^MalformedPolicyDocument/),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('answers 500 UnsupportedPolicy to a session policy that it cannot judge', async () => {
    const { aws } = await awsUnderTest();
    const policy = narrowed({ Action: '*', Resource: 'arn:aws:s3:::${aws:userid}' });
    await expect(assume(aws, { Policy: policy })).rejects.toMatchObject({ name: 'UnsupportedPolicy' });
    expect(aws.log.at(-1)).toMatchObject({ status: 500, errorCode: 'UnsupportedPolicy' });
  });

  it('refuses tags that do not fit when packed', async () => {
    const { aws } = await awsUnderTest();
    const noise = Array.from({ length: 50 }, (_, i) => ({
      Key: `key-${i}`,
      Value: createHash('sha512').update(String(i)).digest('base64'),
    }));
    await expect(assume(aws, { Tags: noise })).rejects.toMatchObject({
      name: expect.stringMatching(/^PackedPolicyTooLarge/),
    });
    await expect(assume(aws, { Tags: tags(50) })).resolves.toBeDefined();
  });

  it('answers a missing role and a role that may not be assumed alike', async () => {
    const { aws } = await awsUnderTest();
    const refused = async (RoleArn: string): Promise<string> => {
      const error: unknown = await assume(aws, { RoleArn }).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
      return String(error).replaceAll(RoleArn, '');
    };
    const untrusting = aws.world.accounts[1]?.roles[1];
    if (untrusting) {
      untrusting.trustPolicy = {
        Statement: [{ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }],
      };
    }
    const missing = await refused('arn:aws:iam::111122223333:role/daypass-none');
    expect(await refused(PROD_READONLY)).toBe(missing);
    expect(missing).toContain(`User: ${BROKER} is not authorized to perform: sts:AssumeRole on resource: `);
  });

  it.each([
    ['sts:TagSession', { Tags: [{ Key: 'k', Value: 'v' }] }],
    ['sts:SetSourceIdentity', { SourceIdentity: 'usr_1' }],
  ])('needs %s in the trust policy', async (action, input) => {
    const { aws } = await awsUnderTest();
    const role = aws.world.accounts[1]?.roles[0];
    if (role) {
      role.trustPolicy = {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: aws.world.brokerRoleArn },
            Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'].filter((a) => a !== action),
          },
        ],
      };
    }
    await expect(assume(aws, input)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(action),
    });
    await expect(assume(aws)).resolves.toBeDefined();
  });

  it('obeys an external id in the trust policy', async () => {
    const { aws } = await awsUnderTest();
    const [statement] = statementsOf(aws.world.accounts[1]?.roles[0]?.trustPolicy);
    if (statement) statement['Condition'] = { StringEquals: { 'sts:ExternalId': 'unit-7' } };
    await expect(assume(aws)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(aws, { ExternalId: 'unit-8' })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(aws, { ExternalId: 'unit-7' })).resolves.toBeDefined();
  });

  it('needs the permission of the caller as well as the trust of the role', async () => {
    const { aws } = await awsUnderTest();
    const broker = aws.world.accounts[0]?.roles[0];
    if (broker) broker.inlinePolicies = {};
    await expect(assume(aws)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses the root user', async () => {
    const { aws } = await awsUnderTest();
    const root = aws.issueRootCredentials('111122223333');
    await expect(assume(aws, {}, root)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });
});

describe('role chains', () => {
  const onward = { RoleArn: 'arn:aws:iam::444455556666:role/daypass-admin', RoleSessionName: 'onward' };
  async function chain() {
    const started = await awsUnderTest();
    const next = started.aws.world.accounts[2]?.roles[0];
    if (next) {
      next.trustPolicy = {
        Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:*' }],
      };
    }
    const first = await assume(started.aws, {
      SourceIdentity: 'usr_1',
      Tags: [
        { Key: 'grant', Value: 'grt_1' },
        { Key: 'other', Value: 'x' },
      ],
      TransitiveTagKeys: ['grant'],
    });
    return { ...started, first };
  }

  it('carry source identity and transitive tags onward, which the next trust policy sees', async () => {
    const { aws, first } = await chain();
    const answer = await clients(aws, first).sts.send(new AssumeRoleCommand(onward));
    expect(answer.SourceIdentity).toBe('usr_1');
    const next = aws.world.accounts[2]?.roles[0];
    statementsOf(next?.trustPolicy).push({
      Effect: 'Deny',
      Principal: '*',
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:RequestTag/grant': 'grt_1' } },
    });
    await expect(assume(aws, onward, first)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('cannot change the source identity', async () => {
    const { aws, first } = await chain();
    await expect(assume(aws, { ...onward, SourceIdentity: 'usr_2' }, first)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(assume(aws, { ...onward, SourceIdentity: 'usr_1' }, first)).resolves.toBeDefined();
  });

  it('cannot pass a tag again that is inherited', async () => {
    const { aws, first } = await chain();
    const again = { ...onward, Tags: [{ Key: 'GRANT', Value: 'grt_2' }] };
    await expect(assume(aws, again, first)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
