import type { Transact } from '../../audit/unit-of-work.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { createIdentityCenter, type IdentityCenterOptions } from '../../aws/identity-center.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import type { BoundaryDeps, BoundaryObserver } from './deps.ts';

export interface BoundaryOptions {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly aws: AwsClients;
  /** Name of the boundary policy in every account, with its path, if any, and no leading slash. */
  readonly policyName: string;
  readonly identityCenter: IdentityCenterOptions | null;
  readonly writer: string;
  readonly random: () => number;
  readonly report?: (error: unknown, accountId: string) => void;
  readonly observe?: BoundaryObserver;
}

/** The writing of boundary policies over real clients, each under the deny-writer role of its account. */
export function createBoundary(options: BoundaryOptions): BoundaryDeps {
  const { aws, policyName, identityCenter, ...rest } = options;
  const center =
    identityCenter === null ? null : createIdentityCenter(aws.ssoAdmin, aws.identityStore, identityCenter);
  return {
    ...rest,
    async policyOf(accountId) {
      // Loaded when first needed: most processes end without an early end.
      const { createBoundaryPolicy } = await import('../../aws/boundary-policy.ts');
      const iam = await aws.denyWriter.iam(accountId);
      return createBoundaryPolicy(iam, `arn:aws:iam::${accountId}:policy/${policyName}`);
    },
    policyName,
    async permissionSet(arn, accountId) {
      if (center === null) throw new Error('IAM Identity Center is not configured');
      return center.describe(arn, accountId);
    },
  };
}
