import { CreatePolicyVersionCommand, GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import {
  assume,
  awsUnderTest,
  BROKER,
  clients,
  DENY_WRITER,
  INSPECTOR,
  narrowed,
  PROD_ADMIN,
  PROD_BOUNDARY,
  statementsOf,
} from './aws-under-test.ts';

const list = new ListBucketsCommand({});
const denied = { name: 'AccessDenied' };

async function slow(propagationSeconds = 30) {
  const started = await awsUnderTest({ propagationSeconds });
  const { aws } = started;
  const { s3 } = clients(aws, await assume(aws));
  const { iam } = clients(aws, await assume(aws, { RoleArn: DENY_WRITER }));
  const write = (PolicyDocument: string) =>
    iam.send(
      new CreatePolicyVersionCommand({ PolicyArn: PROD_BOUNDARY, PolicyDocument, SetAsDefault: true }),
    );
  return { ...started, s3, iam, deny: () => write(narrowed({ Action: '*' })), open: () => write(narrowed()) };
}

describe('a change that takes time to spread', () => {
  it('is seen by IAM’s own calls at once, and by the evaluator to the second when its time is over', async () => {
    const { s3, iam, deny, open, passSeconds } = await slow();
    await deny();
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: PROD_BOUNDARY }));
    expect(Policy?.DefaultVersionId).toBe('v2');
    passSeconds(29);
    await expect(s3.send(list)).resolves.toBeDefined();
    passSeconds(1);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
    await open();
    passSeconds(29);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
    passSeconds(1);
    await expect(s3.send(list)).resolves.toBeDefined();
  });

  it('goes through every state in between, one after the other', async () => {
    const { s3, deny, open, passSeconds } = await slow();
    await deny();
    passSeconds(10);
    await open();
    passSeconds(20);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
    passSeconds(10);
    await expect(s3.send(list)).resolves.toBeDefined();
  });

  it('takes as long as was last said, and no time again at 0', async () => {
    const { aws, s3, deny, passSeconds } = await slow();
    await deny();
    passSeconds(30);
    aws.setPropagationSeconds(120);
    await expect(s3.send(list)).resolves.toBeDefined();
    aws.setPropagationSeconds(0);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
    aws.setPropagationSeconds(30);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
  });

  it('by hand counts from the next call, or from noteChanges', async () => {
    const { aws, s3, passSeconds } = await slow();
    const boundary = aws.world.accounts[1]?.managedPolicies[PROD_BOUNDARY];
    statementsOf(boundary).push({ Effect: 'Deny', Action: '*', Resource: '*' });
    await expect(s3.send(list)).resolves.toBeDefined();
    passSeconds(30);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
    statementsOf(boundary).pop();
    aws.noteChanges();
    passSeconds(30);
    await expect(s3.send(list)).resolves.toBeDefined();
  });

  it('is a change of a role as well: its trust policy and its boundary', async () => {
    const { aws, passSeconds, s3 } = await slow();
    const admin = aws.world.accounts[1]?.roles[0];
    if (admin) {
      statementsOf(admin.trustPolicy).pop();
      statementsOf(admin.trustPolicy).push({
        Effect: 'Deny',
        Principal: { AWS: BROKER },
        Action: 'sts:AssumeRole',
      });
      admin.managedPolicyArns = [];
    }
    aws.noteChanges();
    const { iam } = clients(aws, await assume(aws, { RoleArn: INSPECTOR }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'daypass-admin' }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('Deny');
    await expect(assume(aws, { RoleArn: PROD_ADMIN })).resolves.toBeDefined();
    await expect(s3.send(list)).resolves.toBeDefined();
    passSeconds(30);
    await expect(assume(aws, { RoleArn: PROD_ADMIN })).rejects.toMatchObject(denied);
    await expect(s3.send(list)).rejects.toMatchObject(denied);
  });
});
