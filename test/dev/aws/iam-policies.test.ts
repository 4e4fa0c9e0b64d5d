import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { assume, awsUnderTest, clients, DENY_WRITER, PROD_BOUNDARY, statementsOf } from './aws-under-test.ts';

const PolicyArn = PROD_BOUNDARY;
const OPEN = { Effect: 'Allow', Action: '*', Resource: '*' };

function denying(code: string): string {
  const deny = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': [code] } },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [OPEN, deny] });
}

async function denyWriter() {
  const started = await awsUnderTest();
  const session = await assume(started.aws, { RoleArn: DENY_WRITER, RoleSessionName: 'deny' });
  const { iam } = clients(started.aws, session);
  const create = async (PolicyDocument: string, SetAsDefault = true) => {
    const command = new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault });
    return (await iam.send(command)).PolicyVersion;
  };
  const read = async (VersionId: string) => {
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return { ...PolicyVersion, Document: decodeURIComponent(PolicyVersion?.Document ?? '') };
  };
  return { ...started, iam, create, read };
}

describe('versions of a managed policy', () => {
  it('begin with v1, and a new default is in force, read back as it was sent', async () => {
    const { aws, iam, now, create, read } = await denyWriter();
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({
      PolicyName: 'daypass-boundary',
      Arn: PolicyArn,
      Path: '/',
      DefaultVersionId: 'v1',
      PermissionsBoundaryUsageCount: 2,
      AttachmentCount: 0,
    });
    const session = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:code', Value: 'c1' }] })).s3;
    const other = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:code', Value: 'c2' }] })).s3;
    await session.send(new ListBucketsCommand({}));
    const text = denying('c1').replace('{', '{ ');
    expect(await create(text)).toMatchObject({ VersionId: 'v2', IsDefaultVersion: true, CreateDate: now() });
    await expect(session.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(other.send(new ListBucketsCommand({}))).resolves.toBeDefined();
    expect(await read('v2')).toMatchObject({ Document: text, VersionId: 'v2', IsDefaultVersion: true });
    expect(await read('v1')).toMatchObject({ IsDefaultVersion: false });
    const { Versions } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map((one) => [one.VersionId, one.IsDefaultVersion])).toEqual([
      ['v2', true],
      ['v1', false],
    ]);
  });

  it('encode the document by RFC 3986', async () => {
    const { iam } = await denyWriter();
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(PolicyVersion?.Document).toMatch(/^%7B%22Version%22%3A%222012-10-17%22/);
    expect(PolicyVersion?.Document).toContain('%2A');
  });

  it('show what a test edited by hand as the content of the default version, and the edit is in force', async () => {
    const { aws, create, read } = await denyWriter();
    const session = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:code', Value: 'c1' }] })).s3;
    await create(denying('c1'));
    await expect(session.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    statementsOf(aws.world.accounts[1]?.managedPolicies[PolicyArn]).pop();
    await expect(session.send(new ListBucketsCommand({}))).resolves.toBeDefined();
    const { Document } = await read('v2');
    expect(JSON.parse(Document)).toEqual({ Version: '2012-10-17', Statement: [OPEN] });
  });

  it('without SetAsDefault are kept and not in force', async () => {
    const { aws, create, read } = await denyWriter();
    const session = clients(aws, await assume(aws, { Tags: [{ Key: 'daypass:code', Value: 'c1' }] })).s3;
    expect(await create(denying('c1'), false)).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false });
    expect((await read('v2')).Document).toBe(denying('c1'));
    await expect(session.send(new ListBucketsCommand({}))).resolves.toBeDefined();
  });

  it('are five at most, and a number is never used again', async () => {
    const { iam, create } = await denyWriter();
    for (const code of ['a', 'b', 'c', 'd']) await create(denying(code));
    await expect(create(denying('e'))).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 409 },
    });
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v4' }));
    expect(await create(denying('e'))).toMatchObject({ VersionId: 'v6' });
  });

  it('can be deleted, but not the default one, and not twice', async () => {
    const { iam, create } = await denyWriter();
    await create(denying('a'));
    const remove = (VersionId: string) => iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await expect(remove('v2')).rejects.toMatchObject({
      name: 'DeleteConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    await expect(remove('v1')).resolves.toBeDefined();
    const gone = { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } };
    await expect(remove('v1')).rejects.toMatchObject(gone);
    await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))).rejects.toMatchObject(
      gone,
    );
  });

  it('hold 6,144 characters, of which white space does not count', async () => {
    const { create } = await denyWriter();
    const fill = (length: number): string => {
      const empty = denying('');
      return denying('x'.repeat(length - empty.length));
    };
    await expect(create(fill(6145))).rejects.toMatchObject({ name: 'LimitExceededException' });
    await expect(create(fill(6144).replace('{', `{${' '.repeat(500)}`))).resolves.toMatchObject({
      VersionId: 'v2',
    });
  });

  it('are refused as malformed by the grammar, and answer UnsupportedPolicy where nobody here can judge', async () => {
    const { create } = await denyWriter();
    for (const wrong of ['{', '{"Statement":[]}', denying('a').replace('Deny', 'Refuse')]) {
      await expect(create(wrong)).rejects.toMatchObject({
        name: 'MalformedPolicyDocumentException',
        $metadata: { httpStatusCode: 400 },
      });
    }
    await expect(create(denying('${aws:userid}'))).rejects.toMatchObject({ name: 'UnsupportedPolicy' });
  });

  it('of a policy that does not exist are NoSuchEntity', async () => {
    const { aws, iam } = await denyWriter();
    const prod = aws.world.accounts[1];
    if (prod) prod.managedPolicies = {};
    // Its own boundary is not this policy, so the deny-writer can still ask.
    await expect(iam.send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  it('come in pages', async () => {
    const { iam, create } = await denyWriter();
    for (const code of ['a', 'b', 'c']) await create(denying(code));
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3, Marker }));
      seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      Marker = page.Marker;
      expect(page.IsTruncated).toBe(Marker !== undefined);
    } while (Marker !== undefined);
    expect(seen).toEqual(['v4', 'v3', 'v2', 'v1']);
  });
});

describe('ListEntitiesForPolicy', () => {
  it('names the roles that a policy bounds, page by page, and none that it is attached to when asked for boundaries', async () => {
    const { aws, iam } = await denyWriter();
    const prod = aws.world.accounts[1];
    prod?.roles[3]?.managedPolicyArns.push(PolicyArn);
    const names = async (input: Record<string, unknown>) => {
      const page = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...input }));
      return {
        names: page.PolicyRoles?.map(({ RoleName }) => RoleName),
        more: page.IsTruncated,
        marker: page.Marker,
      };
    };
    const bounds = { PolicyUsageFilter: 'PermissionsBoundary' };
    const first = await names({ ...bounds, MaxItems: 1 });
    expect(first).toMatchObject({ names: ['daypass-admin'], more: true });
    expect(await names({ ...bounds, MaxItems: 1, Marker: first.marker })).toMatchObject({
      names: ['daypass-readonly'],
      more: false,
    });
    expect((await names({ PolicyUsageFilter: 'PermissionsPolicy' })).names).toEqual(['daypass-inspector']);
    expect((await names({})).names).toHaveLength(3);
    expect((await names({ EntityFilter: 'User' })).names).toEqual([]);
  });
});

describe('who may write the boundary', () => {
  it('the deny-writer, on that one policy, and nobody else', async () => {
    const { aws, iam } = await denyWriter();
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    const other = 'arn:aws:iam::111122223333:policy/other';
    const prod = aws.world.accounts[1];
    if (prod) prod.managedPolicies[other] = { Version: '2012-10-17', Statement: [OPEN] };
    const write = (policy: string) =>
      new CreatePolicyVersionCommand({ PolicyArn: policy, PolicyDocument: denying('a'), SetAsDefault: true });
    await expect(iam.send(write(other))).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining(`iam:CreatePolicyVersion on resource: policy ${other}`),
    });
    await expect(iam.send(write('arn:aws:iam::444455556666:policy/daypass-boundary'))).rejects.toMatchObject(
      denied,
    );
    await expect(clients(aws).iam.send(write(PolicyArn))).rejects.toMatchObject(denied);
    await expect(iam.send(write(PolicyArn))).resolves.toBeDefined();
  });
});
