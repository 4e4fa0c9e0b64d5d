import type { STSClient } from '@aws-sdk/client-sts';
import { createAssumeRole, type RoleCredentials } from '../../src/aws/assume-role.ts';
import type { AwsFault } from '../../src/aws/fault.ts';
import { assumedRoleArn } from '../../src/broker/assumed-role.ts';
import { sessionPolicy } from '../../src/broker/session-policy.ts';
import { grantCode, type SessionNames, sessionNames } from '../../src/broker/session-tags.ts';
import type { OwnNames } from '../../src/catalog/policy/guards.ts';
import type { Allowance, AssuranceLevel, SessionConditions } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';

/** What a session is to be like; left out, as Daypass makes it for a grant of an hour without any permission beyond the role. */
export interface LendInput {
  readonly accessEndsAt?: Date;
  readonly allowOnward?: boolean;
  readonly allowIamWrite?: boolean;
  readonly conditions?: SessionConditions;
  readonly allow?: Allowance;
  readonly assurance?: AssuranceLevel;
  readonly personId?: string;
  /** In the place of Daypass's own policy. @param names how the session is marked */
  readonly policy?: (names: SessionNames) => string;
  readonly durationSeconds?: number;
}

export interface Lent {
  readonly credentials: RoleCredentials;
  readonly policy: string;
  readonly names: SessionNames;
  readonly grantId: string;
  readonly code: string;
  /** The ARN that STS says it assumed. */
  readonly assumedArn: string;
  readonly sizes: Sizes | null;
}

/** What STS says about how full a session's token is. Null where it said nothing. */
export interface Sizes {
  /** Percent of the limit on policies and tags. */
  readonly packedPolicySize: number | null;
  /** Percent of the limit on the token. */
  readonly tokenUtilization: number | null;
  /** Bytes. */
  readonly tokenSize: number | null;
  readonly sourceIdentity: string | null;
}

/** STS refused to lend the role. */
export class NotLentError extends Error {
  override readonly name = 'NotLentError';
  readonly fault: AwsFault;
  constructor(fault: AwsFault) {
    super(`STS does not lend the role: ${fault.code} (${fault.kind})`);
    this.fault = fault;
  }
}

export interface Lender {
  lend(input?: LendInput): Promise<Lent>;
}

/** Lends one role through the code that Daypass issues sessions with, and notes what that code has no use for. */
export function createLender(
  sts: STSClient,
  { roleArn, names: own, clock }: { roleArn: string; names: OwnNames; clock: () => Date },
): Lender {
  let sizes: Sizes | null = null;
  sts.middlewareStack.add(
    (next) => async (args) => {
      sizes = null;
      const reply = await next(args);
      sizes = readSizes(reply.output as unknown as Readonly<Record<string, unknown>>);
      return reply;
    },
    { step: 'initialize', name: 'noteSizes' },
  );
  const assumeRole = createAssumeRole(sts);
  return {
    async lend(input = {}) {
      const now = clock();
      const grantId = newId('grt', now);
      const names = sessionNames({
        sessionId: newId('ses', now),
        grantId,
        personId: input.personId ?? newId('prs', now),
        entitlement: 'verify/aws',
        assurance: input.assurance ?? 'multi-factor',
        allowOnward: input.allowOnward ?? false,
      });
      const policy =
        input.policy?.(names) ??
        sessionPolicy({
          accessEndsAt: input.accessEndsAt ?? new Date(now.getTime() + 3_600_000),
          allowOnward: input.allowOnward ?? false,
          allowIamWrite: input.allowIamWrite ?? false,
          conditions: input.conditions,
          allow: input.allow,
          own,
        });
      const reply = await assumeRole({
        ...names,
        roleArn,
        policy,
        durationSeconds: input.durationSeconds ?? 900,
        externalId: null,
      });
      if (reply.kind === 'fault') throw new NotLentError(reply.fault);
      const account = roleArn.split(':')[4] ?? '';
      if (reply.assumedArn !== assumedRoleArn(roleArn, account, names.roleSessionName)) {
        throw new Error(`STS lent ${reply.assumedArn} instead of ${roleArn}`);
      }
      const code = grantCode(grantId);
      const { assumedArn } = reply;
      return { credentials: reply.credentials.reveal(), policy, names, grantId, code, assumedArn, sizes };
    },
  };
}

function readSizes(output: Readonly<Record<string, unknown>>): Sizes {
  const number = (key: string) => (typeof output[key] === 'number' ? output[key] : null);
  return {
    packedPolicySize: number('PackedPolicySize'),
    tokenUtilization: number('SessionTokenUtilization'),
    tokenSize: number('SessionTokenSize'),
    sourceIdentity: typeof output['SourceIdentity'] === 'string' ? output['SourceIdentity'] : null,
  };
}
