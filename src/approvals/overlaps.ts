import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, gt, inArray, lt, ne, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { grants, requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { entitlementIds, type RequestContent } from './content.ts';
import { againstExtending } from './extendable.ts';
import type { StoredRequest } from './stored-request.ts';

/** A live grant of the caller's own, for something that is asked for, at a time that is asked for. */
export interface Overlap {
  readonly grant: string;
  readonly entitlement: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** It could be asked to end later, by as long as is asked for and on the terms that are asked for. */
  readonly extendable: boolean;
}

/** A time from when to when. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/** When access would be, were the request approved now. */
export function windowOf({ extends: extended, startAt, durationSeconds }: RequestContent, now: Date): Window {
  const start = extended?.from ?? startAt;
  const from = start === null ? now : new Date(start);
  return { from, to: new Date(from.getTime() + durationSeconds * 1000) };
}

// Whoever asks over and over is shown some of it, and makes nobody read all of it.
const mostShown = 50;

/** What the caller holds already of what a request of theirs asks for, at most 50. Of others they learn nothing by asking for them. */
export async function overlapsOf(
  queries: Queries,
  caller: Caller,
  { row, content }: StoredRequest,
  now: Date,
): Promise<Overlap[]> {
  if (row.requester !== caller.personId) return [];
  const { from, to } = windowOf(content, now);
  const rows = await queries
    .select()
    .from(grants)
    .where(
      and(
        eq(grants.personId, caller.personId),
        inArray(grants.entitlement, entitlementIds(content)),
        inArray(grants.state, ['scheduled', 'activating', 'active']),
        lt(grants.startsAt, to),
        gt(grants.endsAt, from),
        gt(grants.endsAt, now),
        ne(grants.requestId, row.id),
        ne(grants.id, content.extends?.grant ?? ''),
      ),
    )
    .orderBy(asc(grants.entitlement), asc(grants.id))
    .limit(mostShown);
  return rows.map((grant) => {
    const terms = content.entitlements.find(({ id }) => id === grant.entitlement);
    return {
      grant: grant.id,
      entitlement: grant.entitlement,
      state: grant.state,
      startsAt: grant.startsAt.toISOString(),
      endsAt: grant.endsAt.toISOString(),
      extendable:
        terms !== undefined && againstExtending(grant, terms, content.durationSeconds, now) === null,
    };
  });
}

/** The caller's own pending requests for the very same, oldest first: approvers would be asked twice. At most 50 are looked at. */
export async function pendingSame(
  queries: Queries,
  caller: Caller,
  { row, content }: StoredRequest,
  now: Date,
): Promise<string[]> {
  if (row.requester !== caller.personId) return [];
  const rows = await queries
    .select({ id: requests.id, content: requests.content })
    .from(requests)
    .where(
      and(
        eq(requests.requester, caller.personId),
        eq(requests.state, 'pending'),
        gt(requests.expiresAt, now),
        ne(requests.id, row.id),
        // What is asked for is sorted: the first is the same where all are.
        sql`${requests.content} #>> '{entitlements,0,id}' = ${content.entitlements[0]?.id ?? ''}`,
      ),
    )
    .orderBy(asc(requests.id))
    .limit(mostShown);
  const wanted = askedIn(content);
  return rows
    .filter((other) => isDeepStrictEqual(askedIn(other.content as RequestContent), wanted))
    .map(({ id }) => id);
}

/** What is asked for, whatever the reason and for however long. */
function askedIn({ entitlements, extends: extended }: RequestContent) {
  return {
    entitlements: entitlements.map(({ id, choice }) => ({
      id,
      choice: choice?.name,
      parameters: choice?.parameters,
    })),
    grant: extended?.grant,
  };
}
