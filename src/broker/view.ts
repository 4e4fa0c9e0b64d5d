import { and, desc, eq, or, type SQL, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { denies, grants, personalData, requests, sessions } from '../db/schema.ts';
import { choiceInTerms, type PickedChoiceView } from '../catalog/describe.ts';
import type { Caller } from '../identity/caller.ts';
import type { BrokerDeps } from './deps.ts';
import { accountOf } from './grant-row.ts';
import { canEnd, type EndReason, type GrantState, liveGrantStates } from './states.ts';
import { permissionSetSeconds, type TargetKind, targetKind } from './targets/target.ts';

/** A grant as people see it. Times are RFC 3339 in UTC. */
export interface GrantView {
  readonly id: string;
  readonly request: string;
  readonly person: { readonly id: string; readonly name: string | null };
  readonly entitlement: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly target: TargetKind;
  /** Its user gave it to themselves, by break-glass. */
  readonly breakGlass: boolean;
  /** What of the entitlement it is narrowed to; null: all of it. */
  readonly choice: PickedChoiceView | null;
  readonly state: GrantState;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly endedBecause: EndReason | null;
  readonly endingSince: string | null;
  readonly endedAt: string | null;
  /** When AWS was read back to deny what was issued, after an early end; null when it was not, or had nothing to deny. */
  readonly deniedAt: string | null;
  /** When an operator silenced the alarm of its ending. Its state is none the different for it. */
  readonly silencedAt: string | null;
  /** After this nothing of it can be used on AWS; null when nothing has been issued or made. */
  readonly lastPossibleUse: string | null;
  readonly failure: string | null;
  /** May the caller end it now? */
  readonly mayEnd: boolean;
}

// The subqueries name the outer table in full, as drizzle leaves it out of a column inside of sql``.
const lastSessionUse = sql<Date | null>`(
  SELECT max(s.last_possible_use) FROM ${sessions} s WHERE s.grant_id = "grants"."id"
)`.mapWith(sessions.lastPossibleUse);
const breakGlass = sql<boolean>`(
  SELECT r.basis = 'break-glass' FROM ${requests} r WHERE r.id = "grants"."request_id"
)`;
// A change in IAM is in force everywhere within seconds as a rule, "a few minutes" at most (IAM User Guide, "Changes that I
// make are not always immediately visible").
const propagation = sql`interval '5 minutes'`;

/** Which grants somebody may see, and which of them they may end, as conditions on their rows. */
export interface Access {
  /** Undefined: all. */
  readonly sees: SQL | undefined;
  readonly ends: SQL;
}

/** What the caller may see and end by nobody's rule: owners their own, operators all. */
export function ownAccess(caller: Caller): Access {
  const own = eq(grants.personId, caller.personId);
  return caller.isOperator ? { sees: undefined, ends: sql`true` } : { sees: own, ends: own };
}

/** The same, and as approvers what they approved or may approve. Auditors see all. */
export async function accessOf(
  { endableBy, clock }: Pick<BrokerDeps, 'endableBy' | 'clock'>,
  queries: Queries,
  caller: Caller,
): Promise<Access> {
  if (caller.isOperator) return ownAccess(caller);
  const theirs = or(ownAccess(caller).ends, await endableBy(queries, caller, clock())) ?? sql`false`;
  return { sees: caller.isAuditor ? undefined : theirs, ends: theirs };
}

/** What `selectGrants` reads of those that may be seen, in one query whatever the number of grants. */
export async function selectGrants(
  queries: Queries,
  { sees, ends }: Access,
  filters: readonly (SQL | undefined)[],
  limit: number,
) {
  return queries
    .select({
      grant: grants,
      name: personalData.name,
      deniedAt: denies.confirmedAt,
      lastSessionUse,
      breakGlass,
      mayEnd: sql<boolean>`(${ends})`,
    })
    .from(grants)
    .leftJoin(denies, eq(denies.grantId, grants.id))
    .leftJoin(personalData, eq(personalData.personId, grants.personId))
    .where(and(sees, ...filters))
    .orderBy(desc(grants.id))
    .limit(limit);
}
type Selected = Awaited<ReturnType<typeof selectGrants>>[number];

export function grantId(id: string): SQL {
  return eq(grants.id, id);
}

// Instants in evidence sort as text, as they do in an index.
const lastUseInEvidence = sql`("grants"."evidence" ->> 'lastPossibleUse') COLLATE "C"`;
// Written out as in the index grants_due, which only then serves.
const liveStates = sql.raw(liveGrantStates.map((state) => `'${state}'`).join(', '));

/**
 * Grants that may be used, or under which something was issued that still may be. What AWS denies no longer counts, once
 * the deny has had the time to spread. They are found first, by what lives, and then looked up: it takes no longer for all that
 * is over.
 */
export function stillLive(now: Date): SQL {
  return sql`"grants"."id" = ANY (ARRAY(${liveIds(now)}))`;
}

/** All others: nearly all, so they are looked at one by one. */
export function notLive(now: Date): SQL {
  const { nowSql, nowText } = instants(now);
  return sql`("grants"."state" NOT IN (${liveStates}) AND (
    coalesce(${isDenied(sql`"grants"."id"`, now)}, false)
    OR (coalesce(${lastSessionUse} <= ${nowSql}, true) AND coalesce(${lastUseInEvidence} <= ${nowText}, true))
  ))`;
}

function liveIds(now: Date): SQL {
  const { nowSql, nowText } = instants(now);
  return sql`
    SELECT g.id FROM ${grants} g WHERE g.state IN (${liveStates})
    UNION
    SELECT used.id FROM (
      SELECT s.grant_id AS id FROM ${sessions} s WHERE s.last_possible_use > ${nowSql}
      UNION ALL
      SELECT "grants"."id" FROM ${grants} WHERE ${lastUseInEvidence} > ${nowText}
    ) used
    WHERE NOT coalesce(${isDenied(sql`used.id`, now)}, false)`;
}

function isDenied(id: SQL, now: Date): SQL {
  return sql`(SELECT d.confirmed_at FROM ${denies} d WHERE d.grant_id = ${id}) <= ${instants(now).nowSql} - ${propagation}`;
}

function instants(now: Date): { readonly nowSql: SQL; readonly nowText: SQL } {
  const iso = now.toISOString();
  return { nowSql: sql`${iso}::timestamptz`, nowText: sql`${iso}::text` };
}

export function toView({ grant, name, deniedAt, lastSessionUse, breakGlass, mayEnd }: Selected): GrantView {
  return {
    id: grant.id,
    request: grant.requestId,
    person: { id: grant.personId, name },
    entitlement: grant.entitlement,
    account: accountOf(grant.terms),
    target: targetKind(grant.terms),
    breakGlass,
    choice: choiceInTerms(grant.terms),
    state: grant.state,
    startsAt: grant.startsAt.toISOString(),
    endsAt: grant.endsAt.toISOString(),
    endedBecause: grant.endedBecause,
    endingSince: grant.endingSince?.toISOString() ?? null,
    endedAt: grant.endedAt?.toISOString() ?? null,
    deniedAt: deniedAt?.toISOString() ?? null,
    silencedAt: grant.silencedAt?.toISOString() ?? null,
    lastPossibleUse: lastPossibleUse(grant, lastSessionUse),
    failure: grant.failure,
    mayEnd: canEnd(grant.state) && mayEnd,
  };
}

function lastPossibleUse(grant: Selected['grant'], lastSessionUse: Date | null): string | null {
  if (targetKind(grant.terms) === 'role') return lastSessionUse?.toISOString() ?? null;
  const { evidence } = grant;
  if (typeof evidence === 'object' && evidence !== null && 'lastPossibleUse' in evidence) {
    return typeof evidence.lastPossibleUse === 'string' ? evidence.lastPossibleUse : null;
  }
  if (grant.state !== 'active' && grant.state !== 'ending') return null;
  // A role session opened at the portal in the last moment lives on for as long as the permission set says.
  return new Date(grant.endsAt.getTime() + permissionSetSeconds(grant.terms) * 1000).toISOString();
}
