/** How strongly a caller is proven, weakest first. */
export const assuranceLevels = ['single-factor', 'multi-factor', 'phishing-resistant'] as const;

export type AssuranceLevel = (typeof assuranceLevels)[number];

/** A level, and how long ago (in seconds) it may have been proven; null means any age. */
export interface AssuranceDemand {
  readonly level: AssuranceLevel;
  readonly maxAgeSeconds: number | null;
}

export type Target =
  | {
      readonly kind: 'role';
      readonly accountId: string;
      readonly roleArn: string;
      readonly externalId: string | null;
      /** The role's MaxSessionDuration in AWS, in seconds. */
      readonly maxSessionSeconds: number;
    }
  | {
      readonly kind: 'permission-set';
      readonly accountId: string;
      readonly permissionSetArn: string;
      /** The session duration set on the permission set in AWS, in seconds: how long what is open outlives an end. */
      readonly sessionSeconds: number;
    };

/** One thing that can be asked for, with every default of the file filled in. All lengths are whole seconds. */
export interface Entitlement {
  /** Named like a path: `prod/admin`. */
  readonly id: string;
  readonly description: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly target: Target;
  readonly ask: { readonly groups: readonly string[] };
  /** `count` is always 1 today: the checker refuses any other. */
  readonly approve: { readonly groups: readonly string[]; readonly count: number };
  /** Longest grant, 60 to 43 200. */
  readonly maxDurationSeconds: number;
  /** Lifetime of one session of a role, 900 to 3 600. Says nothing about a permission set: see its target. */
  readonly sessionSeconds: number;
  /** A request that nobody answered expires after this. */
  readonly requestExpiresSeconds: number;
  readonly assurance: {
    readonly ask: AssuranceDemand;
    readonly approve: AssuranceDemand;
    readonly issue: AssuranceDemand;
  };
  /** An anchored regular expression, known to be cheap to match; match it with `ticketAccepted`. Null: no ticket needed. */
  readonly ticketPattern: string | null;
  /** May the session go on to other roles (sts:AssumeRole)? Enforced by the session policy, so for roles only. */
  readonly allowOnward: boolean;
  /** May the session make lasting ways in (access keys, trust policies, …)? Enforced by the session policy, so for roles only. */
  readonly allowIamWrite: boolean;
}

export interface Catalog {
  /** `sha256:` and the hex digest of the canonical resolved form: layout and comments do not change it. */
  readonly version: string;
  /** The YAML text as it was read. */
  readonly source: string;
  readonly entitlements: ReadonlyMap<string, Entitlement>;
  /** Every group that the rules may name. */
  readonly groups: ReadonlySet<string>;
}

/** Who is asking, as far as rules care. Group names are compared exactly. */
export interface Subject {
  readonly personId: string;
  readonly groups: readonly string[];
}

/** Something wrong in the file: where (1-based; column in UTF-16 units), what (JSON Pointer, RFC 6901), and what to do. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}
