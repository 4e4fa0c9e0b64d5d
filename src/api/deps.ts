import type { FastifyBaseLogger } from 'fastify';
import type { Metric } from 'prom-client';
import type { BreakGlassDeps } from '../approvals/break-glass-deps.ts';
import type { ApprovalsDeps } from '../approvals/deps.ts';
import type { AuditDeps } from '../audit/list.ts';
import type { CountStranger } from '../audit/stranger-failures.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import type { ConsoleDeps } from '../broker/console-sign-in.ts';
import type { BrokerDeps } from '../broker/deps.ts';
import type { PreflightService } from '../broker/preflight/run-preflight.ts';
import type { CatalogApprovalDeps } from '../catalog-approval/deps.ts';
import type { Clock } from '../db/clock.ts';
import type { EligibilityDeps } from '../eligibility/deps.ts';
import type { IdentityDeps } from '../identity/deps.ts';
import type { MasterKey } from '../keys/master-key.ts';
import type { Secret } from '../keys/secret.ts';
import type { AssuranceLevel } from '../catalog/types.ts';

/** Everything the edge works with, built once in the composition root. */
export interface ApiDeps {
  readonly identity: IdentityDeps;
  readonly approvals: ApprovalsDeps;
  /** What break-glass needs beside that. */
  readonly breakGlass: Pick<BreakGlassDeps, 'operatorsGroup' | 'announce'>;
  readonly broker: BrokerDeps;
  /** The broker, and AWS's sign-in to the console. */
  readonly console: ConsoleDeps;
  /** The broker with connections of its own, for what must go on working while everybody else's are taken: ending. */
  readonly ending: BrokerDeps;
  /** What was seen in AWS beforehand. */
  readonly preflight: PreflightService;
  /** Which catalog is in force, and what is proposed. */
  readonly catalogs: CatalogApprovalDeps;
  /** Reviews of who may ask. */
  readonly eligibility: EligibilityDeps;
  readonly audit: AuditDeps;
  readonly transact: Transact;
  readonly config: ApiConfig;
  /** Null when none is configured: then there is no callback. */
  readonly slackSigningSecret: Secret<string> | null;
  /** The Slack workspaces whose callbacks count. */
  readonly slackTeamIds: readonly string[];
  readonly countStranger: CountStranger;
  readonly log: FastifyBaseLogger;
  /** What is measured beside the calls. Totals only: they are served to anybody. */
  readonly metrics?: readonly Metric[];
  readonly readiness: () => Promise<Readiness>;
  /** What keeps a restore of the database from being noticed; nothing when left out. */
  readonly anchorWarnings?: () => readonly string[];
  readonly masterKey: MasterKey;
  readonly clock: Clock;
}

export interface ApiConfig {
  /** Where people reach Daypass: scheme, host and port, no path. */
  readonly publicUrl: URL;
  /** Addresses and networks (CIDR) whose X-Forwarded-For is believed; empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /** How many lists and fields of GraphQL are read at once; 4 when left out. */
  readonly readsAtOnce?: number;
  /** Whether people may prove themselves with Daypass's own one-time codes. */
  readonly totpEnabled: boolean;
  /** The acr values of the identity provider that prove a level; may be empty. */
  readonly acrValuesFor: (level: AssuranceLevel) => readonly string[];
}

export interface Readiness {
  readonly ready: boolean;
  /** Names of the parts that are not ready, for an operator. */
  readonly missing: readonly string[];
  /** True while nothing is issued until two operators confirm, after a restore of the database. */
  readonly closed?: boolean;
}
