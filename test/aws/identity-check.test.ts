import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { demoWorld } from '../../dev/aws/world.ts';
import { createAwsClients } from '../../src/aws/clients.ts';
import { type AwsCredentials, checkIdentity } from '../../src/aws/identity-check.ts';

let aws: Aws;
beforeAll(async () => {
  aws = await startAws({ world: demoWorld() });
});
afterAll(() => aws.stop());

function clientsWith(credentials: AwsCredentials) {
  return createAwsClients({
    region: 'us-east-1',
    endpoint: aws.endpoint,
    credentials: async () => ({ ...credentials }),
  });
}

test('a role may run Daypass', async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.issueBrokerCredentials();
  const clients = clientsWith({ accessKeyId, secretAccessKey, sessionToken });
  await expect(clients.identity()).resolves.toMatchObject({
    arn: expect.stringContaining(':assumed-role/daypass-broker/'),
  });
  clients.close();
});

test('a long-term key is refused before any call is made with it', async () => {
  const calls = aws.log.length;
  for (const key of [
    aws.issueUserCredentials({ account: '999988887777', userName: 'eve' }),
    aws.issueRootCredentials('999988887777'),
  ]) {
    const clients = clientsWith(key);
    await expect(clients.identity()).rejects.toMatchObject({ name: 'KeylessError' });
    clients.close();
  }
  expect(aws.log.length).toBe(calls);
});

test('temporary credentials of an IAM user are refused by what GetCallerIdentity says', async () => {
  const clients = clientsWith(
    aws.issueUserCredentials({ account: '999988887777', userName: 'eve', seconds: 3600 }),
  );
  await expect(clients.identity()).rejects.toMatchObject({ name: 'KeylessError' });
  clients.close();
});

const role = { Account: '999988887777', Arn: 'arn:aws:sts::999988887777:assumed-role/daypass-broker/task' };

test('each set that a refresh brings is checked once, and a bad one stops everything', async () => {
  let current = 'ASIA1';
  const asked: string[] = [];
  const check = checkIdentity(
    async () => ({ accessKeyId: current, secretAccessKey: 's', sessionToken: 't' }),
    async ({ accessKeyId }) => {
      asked.push(accessKeyId);
      return accessKeyId === 'ASIA3' ? { ...role, Arn: 'arn:aws:iam::999988887777:user/eve' } : role;
    },
  );
  await check.credentials();
  await check.credentials();
  current = 'ASIA2';
  await check.credentials();
  current = 'ASIA3';
  await expect(check.credentials()).rejects.toMatchObject({ name: 'KeylessError' });
  current = 'AKIA4';
  await expect(check.credentials()).rejects.toMatchObject({ name: 'KeylessError' });
  expect(asked).toEqual(['ASIA1', 'ASIA2', 'ASIA3']);
});

test('while STS cannot be asked nothing is let through, and it is asked again', async () => {
  let down = true;
  const check = checkIdentity(
    async () => ({ accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' }),
    async () => {
      if (down) throw new Error('out of reach');
      return role;
    },
  );
  await expect(check.credentials()).rejects.toMatchObject({ name: 'OwnCredentialsError' });
  down = false;
  await expect(check.credentials()).resolves.toMatchObject({ accessKeyId: 'ASIA1' });
});
