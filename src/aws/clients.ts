import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsIdentity, checkIdentity, type CredentialProvider } from './identity-check.ts';
import { createRoleClients, type RoleClients } from './role-clients.ts';

export interface AwsClientOptions {
  /** Where it is not given, the SDK's own variables say (AWS_REGION, AWS_ENDPOINT_URL_STS, …). */
  readonly region?: string;
  readonly endpoint?: string;
  /** Where credentials come from; the SDK's default chain when left out. */
  readonly credentials?: CredentialProvider;
  /** Most that one call may take, in milliseconds. Default: 10,000. */
  readonly timeLimitMs?: number;
  /** Name of the role that writes denies, in every account; `daypass-deny-writer` when left out. */
  readonly denyWriterRole?: string;
  /** Name of the role that reads, in every account; `daypass-inspector` when left out. */
  readonly inspectorRole?: string;
}

export interface AwsClients {
  readonly sts: STSClient;
  readonly ssoAdmin: SSOAdminClient;
  readonly identityStore: IdentitystoreClient;
  /** Under the role that writes the boundary policies, in each account. */
  readonly denyWriter: RoleClients;
  /** Under the role that reads roles and policies, in each account. */
  readonly inspector: RoleClients;
  /** Who Daypass is at AWS. Rejects with KeylessError when it is anything but a role. */
  identity(): Promise<AwsIdentity>;
  close(): void;
}

/**
 * Clients for the AWS services in use. Every call has a time limit. Nothing is tried twice by the SDK: a second
 * AssumeRole or CreateAccountAssignment could do a thing twice unseen, and jobs try again by what the rows say.
 */
export function createAwsClients(options: AwsClientOptions = {}): AwsClients {
  const timeLimitMs = options.timeLimitMs ?? 10_000;
  const settings = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(3_000, timeLimitMs),
      requestTimeout: timeLimitMs,
      throwOnRequestTimeout: true,
    },
  };
  // A client that is only asked for the credentials it would use: the default chain, refreshed before they expire.
  const chain = new STSClient({
    ...settings,
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  const check = checkIdentity(
    async () => chain.config.credentials(),
    async (credentials) => {
      const asker = new STSClient({ ...settings, credentials });
      try {
        return await asker.send(new GetCallerIdentityCommand({}));
      } finally {
        asker.destroy();
      }
    },
  );
  const checked = { ...settings, credentials: check.credentials };
  const sts = new STSClient(checked);
  const ssoAdmin = new SSOAdminClient(checked);
  const identityStore = new IdentitystoreClient(checked);
  const denyWriter = createRoleClients({
    sts,
    roleName: options.denyWriterRole ?? 'daypass-deny-writer',
    sessionName: 'daypass-deny-writer',
    settings,
  });
  const inspector = createRoleClients({
    sts,
    roleName: options.inspectorRole ?? 'daypass-inspector',
    sessionName: 'daypass-inspector',
    settings,
  });
  return {
    sts,
    ssoAdmin,
    identityStore,
    denyWriter,
    inspector,
    identity: () => check.identity(),
    close() {
      for (const client of [chain, sts, ssoAdmin, identityStore]) client.destroy();
      denyWriter.close();
      inspector.close();
    },
  };
}
