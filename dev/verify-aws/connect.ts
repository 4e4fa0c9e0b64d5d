import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { fromIni } from '@aws-sdk/credential-providers';
import type { AwsCredentials } from '../../src/aws/identity-check.ts';
import type { Connect } from './session.ts';

const timeLimitMs = 10_000;

/** Clients as the SDK makes them: each call once, and each in ten seconds at most. */
export function connectTo({
  region,
  portalProfile,
}: {
  readonly region: string;
  readonly portalProfile: string | null;
}): { readonly connect: Connect; readonly portal: (() => Promise<AwsCredentials>) | null } {
  const settings = {
    region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: timeLimitMs,
      throwOnRequestTimeout: true,
    },
  };
  return {
    connect: (credentials) => ({
      iam: new IAMClient({ ...settings, credentials }),
      s3: new S3Client({ ...settings, credentials, forcePathStyle: true }),
      sts: new STSClient({ ...settings, credentials }),
      plainS3: () =>
        new S3Client({
          ...settings,
          credentials,
          forcePathStyle: true,
          endpoint: `http://s3.${region}.amazonaws.com`,
        }),
    }),
    // A new provider each time: what it kept would be the session that was denied.
    portal:
      portalProfile === null ? null : async () => fromIni({ profile: portalProfile, ignoreCache: true })(),
  };
}
