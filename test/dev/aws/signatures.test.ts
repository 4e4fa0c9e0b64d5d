import { Sha256 } from '@aws-crypto/sha256-js';
import { GetUserIdCommand } from '@aws-sdk/client-identitystore';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { awsUnderTest, BROKER, clients } from './aws-under-test.ts';

const whoAmI = new GetCallerIdentityCommand({});
const find = new GetUserIdCommand({
  IdentityStoreId: 'd-9067642ac7',
  AlternateIdentifier: { UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'x' } },
});

describe('signatures', () => {
  it('refuse a wrong secret, in the words of each service', async () => {
    const { aws } = await awsUnderTest();
    const good = aws.issueBrokerCredentials();
    const bad = clients(aws, { ...good, secretAccessKey: 'wrong' });
    await expect(bad.sts.send(whoAmI)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(bad.s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(bad.identitystore.send(find)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(aws.log.map(({ caller, accessKeyId }) => [caller, accessKeyId])).toEqual(
      Array.from({ length: 3 }, () => [null, good.accessKeyId]),
    );
  });

  it('refuse an unknown key and a wrong or missing session token', async () => {
    const { aws } = await awsUnderTest();
    const good = aws.issueBrokerCredentials();
    const { sessionToken: _token, ...withoutToken } = good;
    for (const credentials of [
      { ...good, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' },
      { ...good, sessionToken: 'other' },
      withoutToken,
    ]) {
      const { sts, s3, identitystore } = clients(aws, credentials);
      await expect(sts.send(whoAmI)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
      await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
        name: expect.stringMatching(/^(InvalidAccessKeyId|InvalidToken)$/),
      });
      await expect(identitystore.send(find)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    }
  });

  it('refuse expired credentials, in the words of each service', async () => {
    const { aws, passSeconds } = await awsUnderTest({ brokerCredentialSeconds: 900 });
    const { sts, s3, identitystore } = clients(aws);
    passSeconds(900);
    await expect(sts.send(whoAmI)).rejects.toMatchObject({ name: 'ExpiredToken' });
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
    await expect(identitystore.send(find)).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('are demanded', async () => {
    const { aws } = await awsUnderTest();
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('hold for the body and the headers that were signed', async () => {
    const { aws } = await awsUnderTest();
    for (const tamper of ['body', 'header', 'extra'] as const) {
      const { sts } = clients(aws);
      sts.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { body: string; headers: Record<string, string> };
          if (tamper === 'body')
            request.body = request.body.replace('GetCallerIdentity', 'GetCallerIdentitY');
          if (tamper === 'header') request.headers['x-amz-user-agent'] = 'other';
          if (tamper === 'extra') request.headers['x-amz-extra'] = 'unsigned';
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
      );
      await expect(sts.send(whoAmI), tamper).rejects.toMatchObject({
        name: expect.stringMatching(/^SignatureDoesNotMatch$/),
      });
    }
  });

  it('hold for the payload of S3, whose hash is the one that the client declares', async () => {
    const { aws } = await awsUnderTest();
    const { s3 } = clients(aws);
    s3.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: string; headers: Record<string, string> };
        request.body = 'smuggled';
        request.headers['content-length'] = '8';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    );
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'XAmzContentSHA256Mismatch',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('are scoped to the region and to the service', async () => {
    const { aws } = await awsUnderTest();
    const { accessKeyId, secretAccessKey, sessionToken } = aws.issueBrokerCredentials();
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const config = { endpoint: aws.endpoint, credentials, maxAttempts: 1 };
    await expect(new STSClient({ ...config, region: 'eu-west-1' }).send(whoAmI)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: expect.stringContaining("valid region, not 'eu-west-1'"),
    });
    const signer = new SignatureV4({ credentials, region: 'us-east-1', service: 's3', sha256: Sha256 });
    const { host } = new URL(aws.endpoint);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: '/',
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    const answer = await fetch(aws.endpoint, {
      method: 'POST',
      headers,
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Credential should be scoped to correct service: &#39;sts&#39;.');
  });

  it('are refused five minutes off, and the SDK then corrects its clock by the answer', async () => {
    const ahead = { signingClock: () => new Date(Date.now() + 301_000 + 60_000) };
    const { aws } = await awsUnderTest({ ...ahead, clock: ahead.signingClock });
    await expect(clients(aws).sts.send(whoAmI)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: expect.stringMatching(/^Signature expired: .* is now earlier than .* - 5 min\.\)$/),
    });
    const patient = clients(aws, aws.issueBrokerCredentials(), 3).sts;
    await expect(patient.send(whoAmI)).resolves.toMatchObject({ Arn: BROKER });
  });

  it('of long-term keys work, and tell a user and the root user apart', async () => {
    const { aws } = await awsUnderTest();
    const user = aws.issueUserCredentials({ account: '111122223333', userName: 'old' });
    const session = aws.issueUserCredentials({ account: '111122223333', userName: 'old', seconds: 900 });
    const root = aws.issueRootCredentials('111122223333');
    expect([user, session, root].map(({ accessKeyId }) => accessKeyId.slice(0, 4))).toEqual([
      'AKIA',
      'ASIA',
      'AKIA',
    ]);
    const arns = [];
    for (const key of [user, session, root]) arns.push((await clients(aws, key).sts.send(whoAmI)).Arn);
    expect(arns).toEqual([
      'arn:aws:iam::111122223333:user/old',
      'arn:aws:iam::111122223333:user/old',
      'arn:aws:iam::111122223333:root',
    ]);
  });
});
