import { ListPermissionSetsCommand } from '@aws-sdk/client-sso-admin';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../dev/aws/log.ts';
import { assume, awsUnderTest, BROKER, clients, PROD_ADMIN } from './aws-under-test.ts';

const command = new AssumeRoleCommand({ RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1' });

describe('faults', () => {
  it('refuse and server-error answer in the words of the service', async () => {
    const { aws } = await awsUnderTest();
    const { sts, sso } = clients(aws);
    const list = new ListPermissionSetsCommand({ InstanceArn: aws.world.identityCenter.instanceArn });
    aws.fault({ service: 'sts', action: '*', kind: 'refuse' });
    aws.fault({ service: 'sso-admin', action: 'ListPermissionSets', kind: 'refuse', times: 1 });
    aws.fault({ service: 'sso-admin', action: '*', kind: 'server-error', times: 1 });
    await expect(sts.send(command)).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(sso.send(list)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(sso.send(list)).rejects.toMatchObject({
      name: 'InternalServerException',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(sso.send(list)).resolves.toBeDefined();
    await expect(sts.send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
    aws.clearFaults();
    await expect(sts.send(command)).resolves.toBeDefined();
  });

  it('throttle is retried by the SDK until it gives up or comes through', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'throttle', times: 2 });
    await expect(clients(aws).sts.send(command)).rejects.toMatchObject({
      name: 'Throttling',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(clients(aws, undefined, 2).sts.send(command)).resolves.toMatchObject({
      $metadata: { attempts: 2 },
    });
    expect(aws.log.map(({ errorCode }) => errorCode)).toEqual(['Throttling', 'Throttling', null]);
  });

  it('hang never answers until the client gives up', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'hang' });
    const patience = new AbortController();
    const call = clients(aws).sts.send(command, { abortSignal: patience.signal });
    const gaveUp = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => aws.log.length).toBe(1);
    patience.abort();
    await gaveUp;
    expect(aws.log[0]).toMatchObject({ fault: 'hang', status: null, issuedAccessKeyId: null });
  });

  it('hang ends with stop()', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'hang' });
    const cut = expect(clients(aws).sts.send(command)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect.poll(() => aws.log.length).toBe(1);
    await aws.stop();
    await cut;
  });

  it('cut closes the connection with nothing done, cut-after with credentials issued that nobody received', async () => {
    const { aws } = await awsUnderTest();
    const { sts } = clients(aws);
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'cut', times: 1 });
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'cut-after', times: 1 });
    await expect(sts.send(command)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(sts.send(command)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(aws.log).toMatchObject([
      { fault: 'cut', status: null, issuedAccessKeyId: null },
      { fault: 'cut-after', status: null, issuedAccessKeyId: expect.stringMatching(/^ASIA/) },
    ]);
  });

  it('rubbish answers 200 with something that the SDK cannot read as credentials', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'rubbish' });
    const answer: unknown = await clients(aws)
      .sts.send(command)
      .catch((error: unknown) => error);
    expect(answer).not.toHaveProperty('Credentials.AccessKeyId');
    expect(aws.log[0]).toMatchObject({ fault: 'rubbish', status: 200, issuedAccessKeyId: null });
  });

  it('wrong-account gives credentials that really are of another account', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'wrong-account', times: 1 });
    const { AssumedRoleUser } = await clients(aws).sts.send(command);
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::444455556666:assumed-role/daypass-admin/ses_1');
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'wrong-account', times: 1 });
    const { sts } = clients(aws, await assume(aws));
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: '444455556666',
    });
  });

  it('can be set over HTTP, and wrong ones are refused', async () => {
    const { aws } = await awsUnderTest();
    const post = (body: string) => fetch(`${aws.endpoint}/_faults`, { method: 'POST', body });
    expect((await post('{"service":"sts","action":"AssumeRole","kind":"refuse","times":1}')).status).toBe(
      201,
    );
    for (const wrong of [
      '{',
      '[]',
      '{"service":"sts","action":"AssumeRole","kind":"explode"}',
      '{"service":"ec2","action":"*","kind":"cut"}',
      '{"service":"sts","action":"*","kind":"cut","times":0}',
    ]) {
      expect((await post(wrong)).status, wrong).toBe(400);
    }
    await expect(clients(aws).sts.send(command)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(clients(aws).sts.send(command)).resolves.toBeDefined();
  });
});

describe('the log', () => {
  it('holds every call with caller, parameters and issued key id, and no secret or token', async () => {
    const { aws, now } = await awsUnderTest();
    const broker = aws.issueBrokerCredentials();
    const session = await assume(
      aws,
      { Tags: [{ Key: 'daypass:grant', Value: 'grt_1' }], DurationSeconds: 900 },
      broker,
    );
    await clients(aws, session).sts.send(new GetCallerIdentityCommand({}));
    const text = await (await fetch(aws.logUrl)).text();
    const log = JSON.parse(text) as LogEntry[];
    expect(log).toEqual(aws.log);
    expect(log).toMatchObject([
      {
        time: now().toISOString(),
        service: 'sts',
        action: 'AssumeRole',
        caller: BROKER,
        accessKeyId: broker.accessKeyId,
        parameters: {
          RoleArn: PROD_ADMIN,
          DurationSeconds: '900',
          Tags: [{ Key: 'daypass:grant', Value: 'grt_1' }],
        },
        status: 200,
        errorCode: null,
        issuedAccessKeyId: session.accessKeyId,
        fault: null,
      },
      { action: 'GetCallerIdentity', accessKeyId: session.accessKeyId, issuedAccessKeyId: null },
    ]);
    for (const secret of [
      broker.secretAccessKey,
      broker.sessionToken,
      session.secretAccessKey,
      session.sessionToken,
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});
