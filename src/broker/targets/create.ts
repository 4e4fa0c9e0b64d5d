import { setTimeout as wait } from 'node:timers/promises';
import type { Transact } from '../../audit/unit-of-work.ts';
import { createAssumeRole } from '../../aws/assume-role.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { createIdentityCenter } from '../../aws/identity-center.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import { createPermissionSetTarget } from './permission-set.ts';
import { createRoleTarget } from './role.ts';
import type { Targets } from './target.ts';

export interface TargetsOptions {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly aws: AwsClients;
  /** `externalIssuer` is the issuer of the external ids in the identity store; people are found by it and their OIDC subject. */
  readonly identityCenter: {
    readonly instanceArn: string;
    readonly identityStoreId: string;
    readonly externalIssuer: string;
  } | null;
}

/** Every way of giving access, over real clients. */
export function createTargets(options: TargetsOptions): Targets {
  const { db, transact, clock, aws, identityCenter } = options;
  return {
    role: createRoleTarget({ db, clock, assumeRole: createAssumeRole(aws.sts) }),
    'permission-set': createPermissionSetTarget({
      db,
      transact,
      clock,
      center:
        identityCenter === null
          ? null
          : createIdentityCenter(aws.ssoAdmin, aws.identityStore, identityCenter),
      identityCenterUser: (person) => ({
        issuer: identityCenter?.externalIssuer ?? person.issuer,
        id: person.subject,
      }),
      pause: async (milliseconds) => {
        await wait(milliseconds);
      },
    }),
  };
}
