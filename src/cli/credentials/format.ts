import { shellQuote } from '../shell-quote.ts';
import type { AwsCredentials, Issued } from './issue.ts';

export const formats = ['credential-process', 'env', 'json'] as const;
export type Format = (typeof formats)[number];

const writers: Readonly<Record<Format, (issued: Issued) => string>> = {
  'credential-process': ({ credentials }) => processOutput(credentials),
  env: ({ credentials }) =>
    Object.entries(environmentOf(credentials))
      .map(([name, value]) => `export ${name}=${shellQuote(value)}`)
      .join('\n'),
  json: ({ session }) => JSON.stringify(session, null, 2),
};

/** Credentials as text for stdout, with a line break at the end. */
export function formatCredentials(format: Format, issued: Issued): string {
  return `${writers[format](issued)}\n`;
}

/** The variables that AWS's SDKs and CLI read. */
export function environmentOf(credentials: AwsCredentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: credentials.expiration,
  };
}

/**
 * One line of JSON, as AWS's tools read it from a `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential
 * provider"). Without Expiration they would never be renewed.
 */
export function processOutput(credentials: AwsCredentials): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiration,
    AccountId: credentials.accountId,
  });
}
