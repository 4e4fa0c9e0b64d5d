import type { CountStranger } from '../audit/stranger-failures.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import type { MasterKey } from '../keys/master-key.ts';
import type { AssuranceMap } from './assurance-map.ts';
import type { Oidc } from './oidc.ts';

/** What the use cases of this folder work with. */
export interface IdentityDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  readonly oidc: Oidc;
  readonly assuranceMap: AssuranceMap;
  /** Claim of the ID token that lists a person's groups. */
  readonly groupsClaim: string;
  /** Claim with the subject of a person's manager; null: none. */
  readonly managerClaim: string | null;
  readonly operatorsGroup: string;
  readonly auditorsGroup: string;
  /** How long a sign-in lasts, in seconds. */
  readonly tokenSeconds: number;
  /** Whether people may enrol one-time codes with Daypass itself. */
  readonly totpEnabled: boolean;
  readonly countStranger: CountStranger;
}

/** Where a call comes from. */
export interface CallMeta {
  readonly address: string | null;
  readonly requestId: string | null;
}
