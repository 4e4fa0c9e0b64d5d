import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { assume, awsUnderTest, clients, narrowed, statementsOf } from './aws-under-test.ts';

const list = new ListBucketsCommand({});
const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

describe('S3 ListBuckets and GetCallerIdentity', () => {
  it('lists the buckets of the account of the session', async () => {
    const { aws } = await awsUnderTest();
    const answer = await clients(aws, await assume(aws, { Policy: narrowed() })).s3.send(list);
    expect(answer.Buckets).toEqual([{ Name: 'prod-data', CreationDate: new Date('2026-01-05T09:00:00Z') }]);
    expect(answer.Owner?.ID).toBe('111122223333');
  });

  it('denies from the very second that the session policy names, while the identity can still be proven', async () => {
    const { aws, passSeconds, now } = await awsUnderTest();
    const end = new Date(now().getTime() + 300_000).toISOString();
    const deny = { Action: '*', Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': end } } };
    const { s3, sts } = clients(aws, await assume(aws, { DurationSeconds: 900, Policy: narrowed(deny) }));
    passSeconds(299);
    await expect(s3.send(list)).resolves.toBeDefined();
    passSeconds(1);
    await expect(s3.send(list)).rejects.toMatchObject({
      ...denied,
      message: expect.stringMatching(/s3:ListAllMyBuckets with an explicit deny in a session policy$/),
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: '111122223333',
    });
  });

  it('grants nothing by a session policy of denies alone', async () => {
    const { aws } = await awsUnderTest();
    const Policy = JSON.stringify({ Statement: [{ Effect: 'Deny', Action: 'iam:*', Resource: '*' }] });
    await expect(clients(aws, await assume(aws, { Policy })).s3.send(list)).rejects.toMatchObject({
      ...denied,
      message: expect.stringMatching(/because no session policy allows the s3:ListAllMyBuckets action$/),
    });
  });

  it('obeys a deny in the boundary on a session tag, at once, and for that session alone', async () => {
    const { aws } = await awsUnderTest();
    const mine = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:grant', Value: 'grt_1' }] })).s3;
    const other = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:grant', Value: 'grt_2' }] })).s3;
    await expect(mine.send(list)).resolves.toBeDefined();
    const prod = aws.world.accounts[1];
    const boundary = prod?.managedPolicies['arn:aws:iam::111122223333:policy/daypass-boundary'];
    statementsOf(boundary).push({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/daypass:grant': ['grt_0', 'grt_1'] } },
    });
    await expect(mine.send(list)).rejects.toMatchObject(denied);
    await expect(other.send(list)).resolves.toBeDefined();
  });

  it('sees the tags of the role, and a session tag in the place of a role tag of any case', async () => {
    const { aws } = await awsUnderTest();
    const role = aws.world.accounts[1]?.roles[0];
    if (role) role.tags = { Team: 'red' };
    const deny = { Action: 's3:*', Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red' } } };
    const plain = clients(aws, await assume(aws, { Policy: narrowed(deny) })).s3;
    await expect(plain.send(list)).rejects.toMatchObject(denied);
    const Tags = [{ Key: 'TEAM', Value: 'blue' }];
    const tagged = clients(aws, await assume(aws, { Policy: narrowed(deny), Tags })).s3;
    await expect(tagged.send(list)).resolves.toBeDefined();
  });

  it('obeys what the boundary does not allow, and what the role does not allow', async () => {
    const { aws } = await awsUnderTest();
    const { s3 } = clients(aws, await assume(aws));
    const prod = aws.world.accounts[1];
    const arn = 'arn:aws:iam::111122223333:policy/daypass-boundary';
    const open = prod?.managedPolicies[arn] ?? {};
    if (prod)
      prod.managedPolicies[arn] = { Statement: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }] };
    await expect(s3.send(list)).rejects.toMatchObject({
      message: expect.stringMatching(/because no permissions boundary allows/),
    });
    if (prod) prod.managedPolicies[arn] = open;
    await expect(s3.send(list)).resolves.toBeDefined();
    if (prod?.roles[0]) prod.roles[0].managedPolicyArns = [];
    await expect(s3.send(list)).rejects.toMatchObject({
      message: expect.stringMatching(/because no identity-based policy allows/),
    });
  });

  it('answers 500 UnsupportedPolicy rather than guess at a context key that it does not know', async () => {
    const { aws } = await awsUnderTest();
    const deny = { Action: 's3:*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    const { s3 } = clients(aws, await assume(aws, { Policy: narrowed(deny) }));
    await expect(s3.send(list)).rejects.toMatchObject({ name: 'UnsupportedPolicy' });
    expect(aws.log.at(-1)).toMatchObject({
      status: 500,
      errorCode: 'UnsupportedPolicy',
      errorMessage: expect.stringContaining('aws:PrincipalOrgID'),
    });
  });

  it('knows no session any more whose role was deleted', async () => {
    const { aws } = await awsUnderTest();
    const { sts } = clients(aws, await assume(aws));
    aws.world.accounts[1]?.roles.shift();
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });
});
