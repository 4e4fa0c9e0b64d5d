import type { Schedule } from './on-call.ts';
import type { Rule } from './rules/rule.ts';

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

export const weekDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type WeekDay = (typeof weekDays)[number];

/** When sessions are given out, by the clock on the wall of a time zone. */
export interface Hours {
  /** Days on which a window opens, in the order of the week. */
  readonly days: readonly WeekDay[];
  /** `HH:MM`, 00:00 to 23:59. */
  readonly from: string;
  /** `HH:MM`, 00:01 to 24:00. Not after `from`: on the next day. */
  readonly to: string;
  /** An IANA name such as Europe/Berlin. */
  readonly zone: string;
}

/** What a session may do only where, when and to what. Lists are sorted; what is left out is not limited. */
export interface SessionConditions {
  /** CIDR ranges that calls may come from. */
  readonly addresses?: readonly string[];
  /** VPC endpoints that calls may come through. */
  readonly vpcEndpoints?: readonly string[];
  readonly regions?: readonly string[];
  readonly tls?: true;
  /** For each tag key the values one of which a resource must carry. */
  readonly resourceTags?: Readonly<Record<string, readonly string[]>>;
  /** Action patterns that resourceTags does not look at. */
  readonly untagged?: readonly string[];
  /** The least that a session must have been issued on. */
  readonly assurance?: AssuranceLevel;
  readonly hours?: Hours;
}

/** What a session's policy lets through of the role's own permissions. */
export interface Allowance {
  /** Action patterns. */
  readonly actions: readonly string[];
  /** ARN patterns. */
  readonly resources: readonly string[];
  /** For each tag key the values one of which a resource must carry. */
  readonly resourceTags?: Readonly<Record<string, readonly string[]>>;
}

/** One value that whoever picks a choice fills in. */
export interface Parameter {
  readonly name: string;
  /** What kind of value: a key of `parameterTypes`. */
  readonly type: string;
  readonly description: string;
  /** The only values there are, sorted; null: any of the type. */
  readonly values: readonly string[] | null;
  /** Most characters. */
  readonly maxLength: number;
}

/** A narrower form of an entitlement, offered by the catalog. `allow` has `{name}` where a parameter's value goes. */
export interface Choice {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly allow: Allowance;
}

/** A choice as somebody picked it: the values filled in. */
export interface PickedChoice {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly allow: Allowance;
}

/** Whom a rule means: whoever is in any of these. What is left out names nobody. Lists are sorted, none is empty. */
export interface Who {
  readonly groups?: readonly string[];
  /** Named people: OIDC subjects. */
  readonly people?: readonly string[];
  /** The manager of whoever is to get the access, as the directory says. */
  readonly manager?: true;
  /** Whoever is on call, by the names of schedules. */
  readonly onCall?: readonly string[];
}

/** One step of an approval. Steps are taken in order, and one person counts once in all of them. */
export interface Step {
  readonly name: string;
  readonly who: Who;
  /** How many different people; `all`: every one of the named people. */
  readonly count: number | 'all';
  /** A condition: the step is asked for only where it holds. */
  readonly when?: string;
  /** Who may answer as well, once nobody has for so long. */
  readonly escalate?: { readonly afterSeconds: number; readonly who: Who };
  /** To whom those who may answer may hand their right for a while. */
  readonly delegates?: Who;
}

/** Who approves: members of any of these groups, or steps that say more. */
export type ApproveRule =
  | { readonly groups: readonly string[]; readonly count: number }
  | { readonly steps: readonly Step[] };
/** Who looks at a use of break-glass afterwards, never the person who used it. */
export interface FollowUpRule {
  readonly by: Who;
  /** How long after the use it must have been looked at. */
  readonly withinSeconds: number;
  /** Who may look as well, so long after the use: not longer than `withinSeconds`. */
  readonly escalate?: { readonly afterSeconds: number; readonly to: Who };
}

/** Who may give themselves an entitlement at once. */
export interface BreakGlass {
  /** OIDC subjects, sorted. Nobody else: the empty list means nobody. */
  readonly people: readonly string[];
  /** Longest grant, shorter than what may be approved. */
  readonly maxDurationSeconds: number;
  /** At least the strongest that the entitlement demands anywhere. */
  readonly assurance: AssuranceDemand;
  readonly followUp: FollowUpRule;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** What the catalog says of it, for conditions. Left out where it says nothing. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The path of its organizational unit, such as `/workloads/prod`. */
  readonly ou?: string;
}

/** Who owns an account. Sorted; not both are empty. */
export interface Owners {
  readonly groups: readonly string[];
  /** OIDC subjects. */
  readonly people: readonly string[];
}

/** Reviews of who may ask for an entitlement. Lengths in whole seconds. */
export interface EligibilityReviews {
  readonly everySeconds: number;
  /** How long owners have to answer. */
  readonly withinSeconds: number;
  /** Who has not used it for so long is marked. */
  readonly unusedAfterSeconds: number;
  readonly owners: Owners;
}

/** One thing that can be asked for, with every default of the file filled in. All lengths are whole seconds. */
export interface Entitlement {
  /** Named like a path: `prod/admin`. */
  readonly id: string;
  readonly description: string;
  readonly account: Account;
  readonly target: Target;
  /** Who may ask: members of any of the groups, and named people by their OIDC subjects. */
  readonly ask: { readonly groups: readonly string[]; readonly people?: readonly string[] };
  readonly approve: ApproveRule;
  /** Conditions under which it is denied, or approved without anybody being asked; by name. */
  readonly rules?: readonly Rule[];
  /** Who may have it at once when nobody can be waited for; left out: nobody. */
  readonly breakGlass?: BreakGlass;
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
  /** A validator outside must say that the ticket is good, too. Only with a pattern. */
  readonly ticketValidated?: true;
  /** May the session go on to other roles (sts:AssumeRole)? Enforced by the session policy, so for roles only. */
  readonly allowOnward: boolean;
  /** May the session make lasting ways in (access keys, trust policies, …)? Enforced by the session policy, so for roles only. */
  readonly allowIamWrite: boolean;
  /** Past the capacity of the boundary policy, everybody's older sessions of the role may be denied. Roles only. */
  readonly roleWideDeny?: true;
  /** What the policy of every session limits besides. Roles only. */
  readonly conditions?: SessionConditions;
  /** Nobody gets all of it: one of `choices` must be picked. */
  readonly choiceRequired?: true;
  /** In a catalog: the narrower forms that may be picked, in the order of the file. Roles only. */
  readonly choices?: readonly Choice[];
  /** In a catalog: how often its owners say who may go on asking. */
  readonly reviews?: EligibilityReviews;
  /** In a catalog: what the role or permission set itself allows, as its owner says. Nothing enforces it. */
  readonly actions?: readonly string[];
  /** In a request and its grant: the narrower form that was picked. */
  readonly choice?: PickedChoice;
}

export interface Catalog {
  /** `sha256:` and the hex digest of the canonical resolved form: layout and comments do not change it. */
  readonly version: string;
  /** The YAML text as it was read. */
  readonly source: string;
  readonly entitlements: ReadonlyMap<string, Entitlement>;
  /** Every group that the rules may name. */
  readonly groups: ReadonlySet<string>;
  /** Who rules may name, by the names of the file. */
  readonly people: ReadonlyMap<string, NamedPerson>;
  /** Who is from outside; left out where the file knows nobody from there. */
  readonly outside?: Outside;
  /** On-call schedules, by name in order. */
  readonly onCall: readonly Schedule[];
  /** The ids of accounts by the names that the file gives them. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Account aliases that AWS must answer, by account id, for the accounts of which the file says one. */
  readonly aliases?: ReadonlyMap<string, string>;
  /** Owners by account id, for the accounts of which the file says some. */
  readonly owners?: ReadonlyMap<string, Owners>;
  /** Ids of entitlements by the name of the bundle that stands for them, in the order of the file. */
  readonly bundles: ReadonlyMap<string, readonly string[]>;
}

/** Who is asking or answering, as far as rules care. Names are compared exactly. */
export interface Subject {
  readonly personId: string;
  readonly groups: readonly string[];
  /** The OIDC subject; where it is left out, no rule means this person by name. */
  readonly subject?: string;
  /** The schedules this person is on call in, at the time that is judged. */
  readonly onCall?: readonly string[];
  /** Why this person is eligible for nothing at all, at the time that is judged. */
  readonly barred?: Barred;
  /** What reviews of who may ask took from this person, by the id of the entitlement. */
  readonly dropped?: ReadonlyMap<string, Dropped>;
}

/** The rule of the catalog that bars somebody, and words that follow "you are". */
export interface Barred {
  readonly rule: string;
  readonly reason: string;
}

/** That somebody may not ask for an entitlement any more, since when (ISO 8601 in UTC), and by which review. */
export interface Dropped {
  readonly review: string;
  readonly since: string;
}

/** Who is from outside. */
export interface Outside {
  readonly groups: ReadonlySet<string>;
  /** Those who may be eligible, by OIDC subject. */
  readonly people: ReadonlyMap<string, OutsidePerson>;
}

/** Somebody from outside for whom somebody answers. */
export interface OutsidePerson {
  /** Their name in the file. */
  readonly name: string;
  /** The first moment at which they are not eligible any more, ISO 8601 in UTC. */
  readonly until: string;
  /** OIDC subject of the sponsor. */
  readonly sponsor: string;
}

/** Somebody that rules may name. */
export interface NamedPerson {
  /** The OIDC subject: it stays when names and addresses change. */
  readonly subject: string;
  /** From outside: the first moment at which they are not eligible any more, ISO 8601 in UTC. */
  readonly eligibleUntil?: string;
  /** From outside: OIDC subject of who answers for them. */
  readonly sponsor?: string;
}

/** Something wrong in the file: where (1-based; column in UTF-16 units), what (JSON Pointer, RFC 6901), and what to do. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}
