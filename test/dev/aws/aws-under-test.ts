import { IAMClient } from '@aws-sdk/client-iam';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { S3Client } from '@aws-sdk/client-s3';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { startAws, type Aws, type AwsOptions } from '../../../dev/aws/aws.ts';
import type { IssuedCredentials } from '../../../dev/aws/credentials.ts';
import { demoWorld, type World } from '../../../dev/aws/world.ts';

export const PROD_ADMIN = 'arn:aws:iam::111122223333:role/daypass-admin';
export const PROD_READONLY = 'arn:aws:iam::111122223333:role/daypass-readonly';
export const PROD_BOUNDARY = 'arn:aws:iam::111122223333:policy/daypass-boundary';
export const DENY_WRITER = 'arn:aws:iam::111122223333:role/daypass-deny-writer';
export const INSPECTOR = 'arn:aws:iam::111122223333:role/daypass-inspector';
export const BROKER = 'arn:aws:sts::999988887777:assumed-role/daypass-broker/daypass-task';

export interface AwsUnderTest {
  aws: Aws;
  /** Moves the time by which credentials expire; signatures go on being compared with the machine's. */
  passSeconds: (seconds: number) => void;
  now: () => Date;
}

/** A stand-in with a clock to move, stopped when the test is over. */
export async function awsUnderTest(options: Partial<AwsOptions> = {}): Promise<AwsUnderTest> {
  const start = Math.floor(Date.now() / 1000) * 1000;
  let offset = 0;
  const now = (): Date => new Date(start + offset * 1000);
  const world = demoWorld();
  mayAskMore(world);
  const aws = await startAws({ world, clock: now, signingClock: () => new Date(), ...options });
  onTestFinished(() => aws.stop());
  return { aws, now, passSeconds: (seconds) => (offset += seconds) };
}

/** The deny-writers here have a right more than Daypass's own: so that what is answered can be asked under one role. */
function mayAskMore(world: World): void {
  for (const account of world.accounts) {
    const role = account.roles.find(({ name }) => name === 'daypass-deny-writer');
    if (role === undefined) continue;
    const Resource = `arn:aws:iam::${account.id}:policy/*`;
    role.inlinePolicies['more'] = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iam:GetPolicy', Resource }],
    };
  }
}

/** Real SDK clients with these credentials; one attempt a call unless said otherwise. */
export function clients(
  aws: Aws,
  credentials: IssuedCredentials = aws.issueBrokerCredentials(),
  maxAttempts = 1,
) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const config = {
    endpoint: aws.endpoint,
    region: aws.world.region,
    maxAttempts,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
  return {
    sts: new STSClient(config),
    iam: new IAMClient(config),
    s3: new S3Client(config),
    sso: new SSOAdminClient(config),
    identitystore: new IdentitystoreClient(config),
  };
}

/** AssumeRole by the broker; the credentials as clients() takes them. */
export async function assume(
  aws: Aws,
  input: Partial<AssumeRoleCommandInput> = {},
  credentials?: IssuedCredentials,
): Promise<IssuedCredentials> {
  const command = new AssumeRoleCommand({ RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1', ...input });
  const { Credentials } = await clients(aws, credentials).sts.send(command);
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
    throw new Error('no credentials');
  }
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
}

/** A session policy: everything, and these denies. */
export function narrowed(...denies: Record<string, unknown>[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      ...denies.map((deny) => ({ Effect: 'Deny', Resource: '*', ...deny })),
    ],
  });
}

/** The statements of a policy of the world, to be changed in place. */
export function statementsOf(document: Record<string, unknown> | undefined): Record<string, unknown>[] {
  const statements = document?.['Statement'];
  if (!Array.isArray(statements)) throw new Error('no statements');
  return statements as Record<string, unknown>[];
}
