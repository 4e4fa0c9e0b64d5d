import type { Environment } from '../context.ts';
import { environmentOf } from './format.ts';
import type { AwsCredentials } from './issue.ts';

// Variables by which an AWS SDK or the AWS CLI would find other credentials, before or instead of ours.
const others = new Set([
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_FILE',
  'AWS_ACCOUNT_ID',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
]);

/** The environment of a command that runs with these credentials and no others. */
export function childEnvironment(env: Environment, credentials: AwsCredentials): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Windows takes names in any case.
    const upper = name.toUpperCase();
    if (value === undefined || others.has(upper) || upper.startsWith('AWS_BEARER_TOKEN_')) continue;
    kept[name] = value;
  }
  return { ...kept, ...environmentOf(credentials) };
}
