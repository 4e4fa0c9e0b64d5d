import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Aws } from '../../dev/aws/aws.ts';
import { freePort } from '../../dev/free-port.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What an operator sets, against the AWS stand-in. Carries no PATH. */
export async function productionEnvironment(aws: Aws, databaseUrl: string): Promise<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: 'https://daypass.example.com',
    PORT: String(await freePort()),
    CATALOG: join(root, 'catalog.example.yaml'),
    // Nobody listens there: a provider that is down is no reason not to start.
    OIDC_ISSUER: 'http://127.0.0.1:9',
    OIDC_CLIENT_ID: 'daypass',
    OIDC_CLIENT_SECRET: 'client-secret-of-the-test',
    MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
    OPERATORS_GROUP: 'daypass-operators',
    AUDITORS_GROUP: 'daypass-auditors',
    IDENTITY_CENTER_INSTANCE_ARN: aws.world.identityCenter.instanceArn,
    IDENTITY_STORE_ID: aws.world.identityCenter.identityStoreId,
    AWS_REGION: aws.world.region,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: aws.brokerCredentialsUrl,
  };
}
