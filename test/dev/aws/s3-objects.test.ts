import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Aws } from '../../../dev/aws/aws.ts';
import type { IssuedCredentials } from '../../../dev/aws/credentials.ts';
import type { Bucket } from '../../../dev/aws/world.ts';
import { assume, awsUnderTest, narrowed, PROD_READONLY } from './aws-under-test.ts';

const Bucket = 'prod-data';
const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

/** A client that says where it calls from, in another region if told so. */
function s3From(
  aws: Aws,
  credentials: IssuedCredentials,
  headers: Record<string, string> = {},
  region = 'us-east-1',
) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const client = new S3Client({
    endpoint: aws.endpoint,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers);
      return next(args);
    },
    { step: 'build' },
  );
  return {
    put: (Key: string, Body = 'text') => client.send(new PutObjectCommand({ Bucket, Key, Body })),
    get: async (Key: string) =>
      (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    list: async (Prefix = '') =>
      ((await client.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(
        ({ Key }) => Key,
      ),
  };
}

async function prodBucket(bucket: Partial<Bucket> = {}) {
  const started = await awsUnderTest();
  const [own] = started.aws.world.accounts[1]?.buckets ?? [];
  if (!own) throw new Error('no bucket');
  Object.assign(own, { objects: { 'logs/a': 'first' }, ...bucket });
  return started;
}

describe('S3 objects', () => {
  it('are put, read and listed by prefix', async () => {
    const { aws } = await prodBucket();
    const { put, get, list } = s3From(aws, await assume(aws));
    await put('reports/ü 1.txt', 'second');
    expect(await get('reports/ü 1.txt')).toBe('second');
    expect(await list()).toEqual(['logs/a', 'reports/ü 1.txt']);
    expect(await list('reports/')).toEqual(['reports/ü 1.txt']);
    await expect(get('none')).rejects.toMatchObject({ name: 'NoSuchKey' });
    // Contents do not go into the log.
    expect(JSON.stringify(aws.log)).not.toContain('second');
  });

  it('obey the role’s policies by action and by the ARN of the object', async () => {
    const { aws } = await prodBucket();
    const reader = s3From(aws, await assume(aws, { RoleArn: PROD_READONLY }));
    expect(await reader.get('logs/a')).toBe('first');
    await expect(reader.put('logs/b')).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('s3:PutObject on resource: "arn:aws:s3:::prod-data/logs/b"'),
    });
    const Policy = narrowed({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::prod-data/secret/*' });
    const narrow = s3From(aws, await assume(aws, { Policy }));
    await narrow.put('secret/x');
    await expect(narrow.get('secret/x')).rejects.toMatchObject(denied);
    expect(await narrow.get('logs/a')).toBe('first');
  });

  it('of another account are denied, unless its bucket policy and the role both allow', async () => {
    const { aws } = await prodBucket();
    const stagingRole = 'arn:aws:iam::444455556666:role/daypass-readonly';
    const { get } = s3From(aws, await assume(aws, { RoleArn: stagingRole }));
    await expect(get('logs/a')).rejects.toMatchObject(denied);
    const [own] = aws.world.accounts[1]?.buckets ?? [];
    const statement = { Effect: 'Allow', Principal: { AWS: stagingRole }, Action: 's3:*', Resource: '*' };
    if (own) own.policy = { Statement: [{ ...statement, Principal: { AWS: PROD_READONLY } }] };
    await expect(get('logs/a')).rejects.toMatchObject(denied);
    if (own) own.policy = { Statement: [statement] };
    expect(await get('logs/a')).toBe('first');
  });

  it('tell nobody who may not list whether they exist', async () => {
    const { aws } = await prodBucket();
    const { get } = s3From(aws, await assume(aws, { Policy: narrowed({ Action: 's3:ListBucket' }) }));
    await expect(get('none')).rejects.toMatchObject(denied);
  });
});

describe('session conditions', () => {
  // An address seen over the internet, and an endpoint where the call came through one, which shows no such address.
  const byAddress = {
    Action: '*',
    Condition: {
      NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] },
      Null: { 'aws:SourceIp': 'false' },
      Bool: { 'aws:ViaAWSService': 'false' },
    },
  };
  const byEndpoint = {
    Action: '*',
    Condition: {
      StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d'] },
      Null: { 'aws:SourceVpce': 'false' },
    },
  };

  it.each([
    ['the office', { 'x-stand-in-source-ip': '203.0.113.9' }],
    ['the VPC endpoint', { 'x-stand-in-vpce': 'vpce-0a1b2c3d', 'x-stand-in-source-ip': '10.0.0.7' }],
    ['a service on the person’s behalf', { 'x-stand-in-via-service': 'cloudformation.amazonaws.com' }],
  ])('on where a call comes from let through %s', async (_from, headers) => {
    const { aws } = await prodBucket();
    const session = await assume(aws, { Policy: narrowed(byAddress, byEndpoint) });
    expect(await s3From(aws, session, headers).get('logs/a')).toBe('first');
  });

  it.each([
    ['elsewhere', { 'x-stand-in-source-ip': '198.51.100.1' }],
    ['this machine, where nothing is said', {}],
    ['another VPC endpoint', { 'x-stand-in-vpce': 'vpce-ffffffff', 'x-stand-in-source-ip': '203.0.113.9' }],
  ])('on where a call comes from deny %s', async (_from, headers) => {
    const { aws } = await prodBucket();
    const session = await assume(aws, { Policy: narrowed(byAddress, byEndpoint) });
    await expect(s3From(aws, session, headers).get('logs/a')).rejects.toMatchObject(denied);
  });

  it('on TLS', async () => {
    const { aws } = await prodBucket();
    const Policy = narrowed({ Action: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    const session = await assume(aws, { Policy });
    expect(await s3From(aws, session).get('logs/a')).toBe('first');
    await expect(s3From(aws, session, { 'x-stand-in-insecure': 'true' }).get('logs/a')).rejects.toMatchObject(
      denied,
    );
  });

  it('on the region that is asked', async () => {
    const { aws } = await prodBucket();
    aws.world.otherRegions = ['eu-west-1'];
    const region = { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } };
    const session = await assume(aws, { Policy: narrowed({ Action: '*', Condition: region }) });
    expect(await s3From(aws, session).get('logs/a')).toBe('first');
    await expect(s3From(aws, session, {}, 'eu-west-1').get('logs/a')).rejects.toMatchObject(denied);
    await expect(s3From(aws, session, {}, 'ap-south-1').get('logs/a')).rejects.toMatchObject({
      name: 'AuthorizationHeaderMalformed',
    });
  });

  it('on the tags of the bucket and of the session', async () => {
    const { aws } = await prodBucket({ tags: { team: 'red' } });
    const deny = {
      Action: 's3:*',
      Condition: {
        StringNotEquals: { 'aws:ResourceTag/team': 'blue', 'aws:PrincipalTag/daypass:assurance': 'mfa' },
      },
    };
    const Policy = narrowed(deny);
    const plain = s3From(aws, await assume(aws, { Policy }));
    await expect(plain.get('logs/a')).rejects.toMatchObject(denied);
    const Tags = [{ Key: 'daypass:assurance', Value: 'mfa' }];
    expect(await s3From(aws, await assume(aws, { Policy, Tags })).get('logs/a')).toBe('first');
    const [own] = aws.world.accounts[1]?.buckets ?? [];
    if (own) own.tags = { team: 'blue' };
    expect(await plain.get('logs/a')).toBe('first');
  });

  it('with a wrong test header are answered as what they are: a mistake of the test', async () => {
    const { aws } = await prodBucket();
    const { get } = s3From(aws, await assume(aws), { 'x-stand-in-source-ip': 'office' });
    await expect(get('logs/a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });
});

describe('service control policies', () => {
  const allow = (Action: string) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

  it('bind a member account at every level, its root user too, and not the management account', async () => {
    const { aws } = await prodBucket();
    const prod = aws.world.accounts[1];
    if (!prod) throw new Error('no account');
    const session = s3From(aws, await assume(aws));
    const root = s3From(aws, aws.issueRootCredentials(prod.id));
    prod.serviceControlPolicies = [[allow('*')], [allow('ec2:*')]];
    for (const one of [session, root]) {
      await expect(one.get('logs/a')).rejects.toMatchObject({
        message: expect.stringMatching(/because no service control policy allows the s3:GetObject action$/),
      });
    }
    prod.serviceControlPolicies = [
      [allow('*')],
      [allow('*'), { Statement: [{ Effect: 'Deny', Action: 's3:Get*', Resource: '*' }] }],
    ];
    await expect(session.get('logs/a')).rejects.toMatchObject({
      message: expect.stringMatching(/with an explicit deny in a service control policy$/),
    });
    expect(await session.list()).toEqual(['logs/a']);
    aws.world.managementAccount = prod.id;
    expect(await session.get('logs/a')).toBe('first');
  });
});
