import type { Grant, Session } from '../api.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';

/** Credentials for one AWS account, and when they stop working. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** RFC 3339: the end STS gave them, or that of the grant where it is earlier. */
  readonly expiration: string;
  readonly accountId: string;
}

export interface Issued {
  readonly session: Session;
  readonly credentials: AwsCredentials;
}

/** Fetches credentials under an active grant. Throws CliError; its message never has a part of them. */
export async function issueCredentials(client: Client, grant: Grant): Promise<Issued> {
  const session = await client.call<Session>({
    method: 'POST',
    path: `/v1/grants/${encodeURIComponent(grant.id)}/sessions`,
    body: {},
    // AWS is asked while we wait.
    timeoutMs: 60_000,
  });
  return { session, credentials: usable(session, grant) };
}

function usable(session: Session, grant: Grant): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials ?? {};
  const ends = [expiration, session.endsAt].map((text) => Date.parse(text));
  const texts = [accessKeyId, secretAccessKey, sessionToken];
  if (
    texts.some((text) => typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) ||
    ends.some(Number.isNaN)
  ) {
    throw new CliError(
      exitCodes.unavailable,
      'the server answered with credentials that cannot be used: try again',
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration: new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, 'Z'),
    accountId: grant.account.id,
  };
}
