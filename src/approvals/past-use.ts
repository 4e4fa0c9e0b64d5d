import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import type { grants } from '../db/schema.ts';

type GrantState = (typeof grants.$inferSelect)['state'];

/** A grant that somebody had. Times are RFC 3339 in UTC. */
export interface PastGrant {
  readonly id: string;
  readonly state: GrantState;
  readonly startsAt: string;
  /** When it ended, or will. */
  readonly endsAt: string;
  /** Null for a permission set: Daypass does not see what is done at the portal. */
  readonly used: boolean | null;
  readonly sessions: number;
  readonly lastSessionAt: string | null;
  /** From the first session to the end of the last one; null when it was not used. */
  readonly usedSeconds: number | null;
}

/** What one person did with one entitlement, and asked for it. */
export interface PastUse {
  /** Newest first, at most 20. */
  readonly grants: readonly PastGrant[];
  readonly lastUsedAt: string | null;
  readonly asked: number;
  readonly denied: number;
}

const mostGrants = 20;

/**
 * What a person did with each of these entitlements: two queries whatever their number.
 * @param around from when requests are counted, and the one that is not
 */
export async function pastUse(
  queries: Queries,
  personId: string,
  entitlements: readonly string[],
  around: { readonly since: Date; readonly but: string },
): Promise<ReadonlyMap<string, PastUse>> {
  const wanted = sql`unnest(${sql.param([...entitlements])}::text[]) AS wanted (entitlement)`;
  const [grants, totals] = await Promise.all([
    queries.execute<GrantFound>(sql`
      SELECT wanted.entitlement, past.*
      FROM ${wanted} CROSS JOIN LATERAL (
        SELECT g.id, g.state, ${ms(sql`g.starts_at`)} AS starts, ${ms(sql`coalesce(g.ending_since, g.ends_at)`)} AS ends,
          g.terms -> 'target' ->> 'kind' AS target, used.*
        FROM grants g CROSS JOIN LATERAL (
          SELECT count(*)::int AS sessions, ${ms(sql`min(s.created_at)`)} AS first, ${ms(sql`max(s.created_at)`)} AS last,
            ${ms(sql`max(least(s.expiration, coalesce(g.ending_since, g.ends_at)))`)} AS until
          FROM sessions s WHERE s.grant_id = g.id AND s.state = 'issued'
        ) AS used
        WHERE g.person_id = ${personId} AND g.entitlement = wanted.entitlement
        ORDER BY g.id DESC LIMIT ${mostGrants}
      ) AS past
      ORDER BY past.id DESC`),
    queries.execute<TotalFound>(sql`
      SELECT wanted.entitlement, used.last, counted.asked, counted.denied
      FROM ${wanted} CROSS JOIN LATERAL (
        SELECT ${ms(sql`max(s.created_at)`)} AS last FROM grants g JOIN sessions s ON s.grant_id = g.id
        WHERE g.person_id = ${personId} AND g.entitlement = wanted.entitlement AND s.state = 'issued'
      ) AS used CROSS JOIN LATERAL (
        SELECT count(*)::int AS asked, (count(*) FILTER (WHERE r.state = 'denied'))::int AS denied
        FROM requests r JOIN request_entitlements e ON e.request_id = r.id
        WHERE r.requester = ${personId} AND e.entitlement = wanted.entitlement AND r.id <> ${around.but}
          AND r.created_at > ${around.since.toISOString()}::timestamptz
      ) AS counted`),
  ]);
  const had = Map.groupBy(grants.rows, ({ entitlement }) => entitlement);
  return new Map(
    totals.rows.map(({ entitlement, last, asked, denied }) => [
      entitlement,
      { grants: (had.get(entitlement) ?? []).map(toGrant), lastUsedAt: iso(last), asked, denied },
    ]),
  );
}

/**
 * How long they used it, in the median of the grants that were used: one that was kept for a day moves it little. In seconds;
 * null when none was.
 */
export function typicalSeconds(grants: readonly PastGrant[]): number | null {
  const lengths = grants.flatMap(({ usedSeconds }) => usedSeconds ?? []).toSorted((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? null;
}

interface GrantFound extends Record<string, unknown> {
  readonly entitlement: string;
  readonly id: string;
  readonly state: GrantState;
  readonly starts: number;
  readonly ends: number;
  readonly target: string;
  readonly sessions: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly until: number | null;
}

interface TotalFound extends Record<string, unknown> {
  readonly entitlement: string;
  readonly last: number | null;
  readonly asked: number;
  readonly denied: number;
}

function ms(instant: ReturnType<typeof sql>) {
  return sql`(extract(epoch FROM ${instant}) * 1000)::float8`;
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

function toGrant({ id, state, starts, ends, target, sessions, first, last, until }: GrantFound): PastGrant {
  return {
    id,
    state,
    startsAt: new Date(starts).toISOString(),
    endsAt: new Date(ends).toISOString(),
    used: target === 'role' ? sessions > 0 : null,
    sessions,
    lastSessionAt: iso(last),
    usedSeconds: first === null || until === null ? null : Math.max(0, Math.round((until - first) / 1000)),
  };
}
