import type { IAMClient, IAMClientConfig } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentials } from './identity-check.ts';
import { OwnCredentialsError } from './fault.ts';

export interface RoleClientsOptions {
  /** The client that assumes the role: Daypass's own, checked identity. */
  readonly sts: STSClient;
  /** Name of the role, the same in every account. With a path: `team/daypass-deny-writer`. */
  readonly roleName: string;
  /** What each call is named by in CloudTrail. */
  readonly sessionName: string;
  readonly settings: Omit<IAMClientConfig, 'credentials'>;
}

/** IAM clients under one role of Daypass's in each account. */
export interface RoleClients {
  /** The client for an account, made once. Nothing is asked of AWS until it is used. */
  iam(accountId: string): Promise<IAMClient>;
  /** Lets go of all connections and credentials. */
  close(): void;
}

// The least that STS gives, in seconds (AWS STS API reference, AssumeRole): these credentials are for a call or two.
const durationSeconds = 900;

/**
 * Clients that act under a role of their own in each account, apart from the role that lends access: what they may do is
 * that role's policy alone. The account and role that STS says it lent must be the ones meant.
 */
export function createRoleClients(options: RoleClientsOptions): RoleClients {
  const clients = new Map<string, IAMClient>();
  return {
    async iam(accountId) {
      // Loaded when first needed: most processes start and end without it.
      const { IAMClient: Client } = await import('@aws-sdk/client-iam');
      let client = clients.get(accountId);
      if (client === undefined) {
        client = new Client({
          ...options.settings,
          // What STS told of the time holds for IAM, too.
          systemClockOffset: options.sts.config.systemClockOffset,
          credentials: () => assume(options, accountId),
        });
        clients.set(accountId, client);
      }
      return client;
    },
    close() {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

async function assume(
  options: RoleClientsOptions,
  accountId: string,
): Promise<AwsCredentials & { readonly expiration: Date }> {
  const { sts, roleName, sessionName } = options;
  const { Credentials: given, AssumedRoleUser: lent } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${accountId}:role/${roleName}`,
      RoleSessionName: sessionName,
      DurationSeconds: durationSeconds,
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  const name = roleName.slice(roleName.lastIndexOf('/') + 1);
  if (lent?.Arn !== `arn:aws:sts::${accountId}:assumed-role/${name}/${sessionName}`) {
    throw new OwnCredentialsError(`STS lent another role than ${roleName} of ${accountId}`);
  }
  if (
    AccessKeyId === undefined ||
    SecretAccessKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined
  ) {
    throw new OwnCredentialsError(`STS lent ${roleName} of ${accountId} without credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
