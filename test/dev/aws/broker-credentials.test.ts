import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { demoWorld } from '../../../dev/aws/world.ts';
import { awsUnderTest, BROKER, clients } from './aws-under-test.ts';

const whoAmI = new GetCallerIdentityCommand({});

describe("the broker's own credentials", () => {
  it('come through the default chain of the SDK from the container endpoint, and are of the broker role', async () => {
    const { aws, now } = await awsUnderTest({ brokerCredentialsToken: 'let-me-in' });
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', aws.brokerCredentialsUrl);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'let-me-in');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', aws.endpoint);
    onTestFinished(() => void vi.unstubAllEnvs());
    const sts = new STSClient({ region: 'us-east-1' });
    const credentials = await sts.config.credentials();
    expect(credentials.accessKeyId).toMatch(/^ASIA/);
    expect(credentials.expiration?.getTime()).toBe(now().getTime() + 21_600_000);
    await expect(sts.send(whoAmI)).resolves.toMatchObject({ Arn: BROKER, Account: '999988887777' });
  });

  it('are refused without the authorization token', async () => {
    const { aws } = await awsUnderTest({ brokerCredentialsToken: 'let-me-in' });
    for (const headers of [{}, { authorization: 'wrong' }]) {
      const answer = await fetch(aws.brokerCredentialsUrl, { headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'Unauthorized' });
    }
  });

  it('stay the same for half of their life, and are replaced after it', async () => {
    const { aws, passSeconds } = await awsUnderTest({ brokerCredentialSeconds: 3600 });
    const key = async () =>
      ((await (await fetch(aws.brokerCredentialsUrl)).json()) as { AccessKeyId: string }).AccessKeyId;
    const first = await key();
    passSeconds(1800);
    expect(await key()).toBe(first);
    passSeconds(1);
    expect(await key()).not.toBe(first);
  });

  it('can become those of a user, as after a change of the machine that the broker must notice', async () => {
    const { aws } = await awsUnderTest();
    const key = async () =>
      ((await (await fetch(aws.brokerCredentialsUrl)).json()) as { AccessKeyId: string }).AccessKeyId;
    const broker = await key();
    const user = aws.issueUserCredentials({ account: '999988887777', userName: 'old', seconds: 900 });
    aws.serveToBroker(user);
    expect(await key()).toBe(user.accessKeyId);
    await expect(clients(aws, user).sts.send(whoAmI)).resolves.toMatchObject({
      Arn: 'arn:aws:iam::999988887777:user/old',
    });
    aws.serveToBroker(null);
    expect(await key()).not.toBe(user.accessKeyId);
    expect(await key()).not.toBe(broker);
  });
});

describe('two stand-ins at once', () => {
  it('share neither credentials nor worlds nor logs', async () => {
    const one = (await awsUnderTest()).aws;
    const two = (await awsUnderTest({ world: { ...demoWorld(), region: 'eu-west-1' } })).aws;
    expect(one.endpoint).not.toBe(two.endpoint);
    const ofOne = one.issueBrokerCredentials();
    await expect(clients(one, ofOne).sts.send(whoAmI)).resolves.toMatchObject({ Arn: BROKER });
    await expect(clients(two, ofOne).sts.send(whoAmI)).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await expect(clients(two).sts.send(whoAmI)).resolves.toMatchObject({ Arn: BROKER });
    expect([one.log.length, two.log.length]).toEqual([1, 2]);
  });
});
