import { onTestFinished } from 'vitest';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { makeRole } from '../../../dev/aws/target-account.ts';
import { addUser, demoWorld, type World } from '../../../dev/aws/world.ts';
import { readOptions, type VerifyOptions } from '../../../dev/verify-aws/options.ts';
import type { Report } from '../../../dev/verify-aws/report.ts';
import { verify } from '../../../dev/verify-aws/run.ts';
import { createAwsClients } from '../../../src/aws/clients.ts';
import type { AwsCredentials } from '../../../src/aws/identity-check.ts';
import { awsUnderTest } from '../aws/aws-under-test.ts';
import { type Bend, startFront } from './aws-front.ts';

export const ACCOUNT = '111122223333';
export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/daypass-boundary`;
export const BROKER_ROLE = 'arn:aws:iam::999988887777:role/daypass-broker';
export const VPCE = 'vpce-0123456789abcdef0';

/** The arguments of a run in which nothing has to be asked. */
export const named = ['--account', ACCOUNT, '--yes-this-account', ACCOUNT, '--broker-role', BROKER_ROLE];

export function options(...args: string[]): VerifyOptions {
  const read = readOptions([...named, ...args]);
  if (read === 'list') throw new Error('no options');
  return read;
}

/** The demo's world, with all that the options may name; `user` is the UserId of somebody with no assignment. */
export function fullWorld(): { world: World; user: string; everything: string[] } {
  const world = demoWorld();
  world.otherRegions = ['eu-south-2'];
  const [, prod] = world.accounts;
  const readonly = prod?.roles.find(({ name }) => name === 'daypass-readonly');
  if (prod === undefined || readonly === undefined) throw new Error('no account');
  readonly.tags = { team: 'data' };
  const statement = { Effect: 'Allow', Principal: { AWS: BROKER_ROLE } };
  const external = makeRole(ACCOUNT, 'daypass-external', {
    Version: '2012-10-17',
    Statement: [
      {
        ...statement,
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'secret-1' } },
      },
      { ...statement, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] },
    ],
  });
  prod.roles.push(external);
  const { userId: user } = addUser(world, {
    userName: 'verify',
    issuer: 'https://idp.example',
    externalId: 'v1',
  });
  const { instanceArn, identityStoreId, permissionSets } = world.identityCenter;
  const onward = makeRole(ACCOUNT, 'team-onward', {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: readonly.arn },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    ],
  });
  onward.managedPolicyArns = readonly.managedPolicyArns;
  onward.permissionsBoundaryArn = BOUNDARY;
  prod.roles.push(onward);
  const named = {
    bucket: 'prod-data',
    tag: 'team=data',
    'external-id-role': 'daypass-external',
    'external-id': 'secret-1',
    'onward-role': onward.name,
    'identity-center-instance': instanceArn,
    'identity-store': identityStoreId,
    'permission-set': permissionSets[0]?.arn ?? '',
    user,
    'portal-profile': 'portal',
  };
  const everything = Object.entries(named).flatMap(([name, value]) => [`--${name}`, value]);
  everything.push('--plain-http');
  return { world, user, everything };
}

export interface RunInput {
  options: VerifyOptions;
  world?: World;
  bend?: Bend;
  propagationSeconds?: number;
  /** Breaks the run off. */
  signal?: AbortSignal;
  /** Before anything is looked at. */
  begin?: (started: Awaited<ReturnType<typeof awsUnderTest>>) => void;
  /** Each time that the run waits. */
  onPause?: () => void;
  /** The federation endpoint; the stand-in's when left out. */
  signinEndpoint?: string;
}

/** One run against the stand-in, whose clock moves when the run waits. */
export async function runAgainst(input: RunInput) {
  const { world = demoWorld(), propagationSeconds = 3 } = input;
  const started = await awsUnderTest({ world, propagationSeconds });
  const { aws, now, passSeconds } = started;
  const front = await startFront(aws, input.bend, now);
  const before = JSON.stringify(world.accounts[1]?.managedPolicies[BOUNDARY]);
  const credentials = aws.issueBrokerCredentials();
  const clients = createAwsClients({
    region: world.region,
    endpoint: front.endpoint,
    credentials: async () => credentials,
    timeLimitMs: 5_000,
  });
  onTestFinished(async () => {
    clients.close();
    await front.stop();
  });
  input.begin?.(started);
  const { identityCenter } = input.options;
  const kept = { text: '', forgotten: false };
  const report: Report = await verify(input.options, {
    clients,
    connect: (given) => connect(front.endpoint, world.region, given, input.options.vpcEndpoint),
    region: world.region,
    signinEndpoint: new URL(input.signinEndpoint ?? aws.signinEndpoint),
    portal:
      input.options.portalProfile === null || identityCenter === null
        ? null
        : async () => {
            const { userId, permissionSetArn } = identityCenter;
            return aws.portalCredentials({ userId, permissionSetArn, accountId: ACCOUNT });
          },
    clock: now,
    pause: async (milliseconds) => {
      passSeconds(milliseconds / 1000);
      input.onPause?.();
    },
    limitSeconds: 30,
    signal: input.signal ?? new AbortController().signal,
    keep: async (text) => {
      kept.text = text;
      return async () => {
        kept.forgotten = true;
      };
    },
    say: () => {},
  });
  const after = JSON.stringify(world.accounts[1]?.managedPolicies[BOUNDARY]);
  return { report, aws, kept, before, after, verdicts: verdictsOf(report) };
}

export function verdictsOf(report: Report): Record<string, string> {
  return Object.fromEntries(report.results.map(({ claim, verdict }) => [claim.id, verdict.kind]));
}

/** What was seen of one claim. */
export function seen(report: Report, id: string): string {
  return report.results.find(({ claim }) => claim.id === id)?.verdict.seen ?? '';
}

function connect(endpoint: string, region: string, credentials: AwsCredentials, vpce: string | null) {
  const settings = { endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true };
  const s3 = (headers: Record<string, string>): S3Client => {
    const client = new S3Client(settings);
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: Record<string, string> }).headers, headers);
        return next(args);
      },
      { step: 'build' },
    );
    return client;
  };
  const through: Record<string, string> = vpce === null ? {} : { 'x-stand-in-vpce': vpce };
  return {
    iam: new IAMClient(settings),
    s3: s3(through),
    sts: new STSClient(settings),
    plainS3: () => s3({ ...through, 'x-stand-in-insecure': 'true' }),
  };
}
