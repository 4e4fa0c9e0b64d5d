import { AssumeRoleCommand, type AssumeRoleCommandOutput, type STSClient } from '@aws-sdk/client-sts';
import { Secret } from '../keys/secret.ts';
import { type AwsFault, awsFault } from './fault.ts';

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  /** Session policy as JSON text, at most 2,048 characters. */
  readonly policy: string;
  readonly sourceIdentity: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly externalId: string | null;
}

/** Credentials of one session. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export type AssumeRoleReply =
  | {
      readonly kind: 'issued';
      readonly accessKeyId: string;
      readonly expiration: Date;
      /** The ARN of what was assumed, as STS said. */
      readonly assumedArn: string;
      readonly credentials: Secret<RoleCredentials>;
    }
  | { readonly kind: 'fault'; readonly fault: AwsFault };

/** Anything that can assume a role. */
export type AssumeRole = (input: AssumeRoleInput) => Promise<AssumeRoleReply>;

/** AssumeRole over a client. Never rejects: an error is sorted into what it says about the outcome. */
export function createAssumeRole(sts: STSClient): AssumeRole {
  return async (input) => {
    try {
      return readReply(await sts.send(command(input)));
    } catch (error) {
      return { kind: 'fault', fault: awsFault(error) };
    }
  };
}

function command(input: AssumeRoleInput): AssumeRoleCommand {
  return new AssumeRoleCommand({
    RoleArn: input.roleArn,
    RoleSessionName: input.roleSessionName,
    DurationSeconds: input.durationSeconds,
    Policy: input.policy,
    SourceIdentity: input.sourceIdentity,
    Tags: input.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    ...(input.transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: [...input.transitiveTagKeys] }),
    ...(input.externalId === null ? {} : { ExternalId: input.externalId }),
  });
}

function readReply(reply: AssumeRoleCommandOutput): AssumeRoleReply {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = reply.Credentials ?? {};
  const assumedArn = reply.AssumedRoleUser?.Arn;
  const complete =
    AccessKeyId?.startsWith('ASIA') === true &&
    SecretAccessKey !== undefined &&
    SecretAccessKey !== '' &&
    SessionToken !== undefined &&
    SessionToken !== '' &&
    Expiration !== undefined &&
    !Number.isNaN(Expiration.getTime()) &&
    assumedArn !== undefined;
  // An answer that cannot be read may stand for credentials that exist.
  if (!complete) return { kind: 'fault', fault: { kind: 'unknown-outcome', code: 'UnreadableReply' } };
  return {
    kind: 'issued',
    accessKeyId: AccessKeyId,
    expiration: Expiration,
    assumedArn,
    credentials: new Secret({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    }),
  };
}
