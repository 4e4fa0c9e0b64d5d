import { and, eq, gt, inArray, isNull, ne, or, type SQL, sql } from '../../db/drizzle.ts';
import type { AssignmentKey } from '../../aws/identity-center.ts';
import type { Queries } from '../../db/pool.ts';
import { assignments, assignmentUsers, grants } from '../../db/schema.ts';

export type AssignmentRow = typeof assignments.$inferSelect;

function isKey(key: AssignmentKey) {
  return and(
    eq(assignments.accountId, key.accountId),
    eq(assignments.permissionSetArn, key.permissionSetArn),
    eq(assignments.principalId, key.principalId),
  );
}

function isUserOf(key: AssignmentKey) {
  return and(
    eq(assignmentUsers.accountId, key.accountId),
    eq(assignmentUsers.permissionSetArn, key.permissionSetArn),
    eq(assignmentUsers.principalId, key.principalId),
  );
}

export function keyOf(row: AssignmentKey): AssignmentKey {
  const { accountId, permissionSetArn, principalId } = row;
  return { accountId, permissionSetArn, principalId };
}

/** The row as last committed, or null when Daypass has nothing to do with the assignment. */
export async function readAssignment(queries: Queries, key: AssignmentKey): Promise<AssignmentRow | null> {
  const [row] = await queries.select().from(assignments).where(isKey(key));
  return row ?? null;
}

/**
 * The row, locked until the transaction ends. Who counts its users locks it first, after the grants it has locked: of two
 * grants that end at once, the later one then sees that the other is over.
 */
export async function lockAssignment(queries: Queries, key: AssignmentKey): Promise<AssignmentRow | null> {
  const [row] = await queries.select().from(assignments).where(isKey(key)).for('update');
  return row ?? null;
}

/** The row, locked; made first, as one that is not there, when it is missing. */
export async function ensureAssignment(
  queries: Queries,
  key: AssignmentKey,
  now: Date,
): Promise<AssignmentRow> {
  await queries
    .insert(assignments)
    .values({ ...key, updatedAt: now })
    .onConflictDoNothing();
  const row = await lockAssignment(queries, key);
  if (row === null) throw new Error('an assignment row disappeared; rows are never deleted');
  return row;
}

export async function writeAssignment(
  queries: Queries,
  key: AssignmentKey,
  values: Partial<
    Pick<AssignmentRow, 'operation' | 'operationId' | 'operationSince' | 'present' | 'failing'>
  >,
  now: Date,
): Promise<void> {
  await queries
    .update(assignments)
    .set({ ...values, updatedAt: now })
    .where(isKey(key));
}

/** Notes when the row was compared with AWS: no change of what is known, so it has no event. */
export async function markCompared(queries: Queries, key: AssignmentKey, now: Date): Promise<void> {
  await queries.update(assignments).set({ comparedAt: now }).where(isKey(key));
}

// While AWS works on what it was asked, its state is looked at more often than what does not work is tried again.
const firstPauseSeconds = 5;
const longestPauseSeconds = 300;
const longestWatchSeconds = 30;

/**
 * Notes that a look at the assignment did not conclude, and returns when the next one is due: at `soonest` or later, with
 * pauses that double from 5 seconds to 5 minutes (30 seconds while an operation of AWS is under way).
 */
export async function noteUnsettled(
  queries: Queries,
  key: AssignmentKey,
  now: Date,
  soonest: Date,
): Promise<Date> {
  const pause = sql`least(
    CASE WHEN ${assignments.operationId} IS NULL THEN ${longestPauseSeconds}::int ELSE ${longestWatchSeconds}::int END,
    ${firstPauseSeconds}::int * 2 ^ least(${assignments.attempts}, 10)) * interval '1 second'`;
  const [row] = await queries
    .update(assignments)
    .set({
      attempts: sql`${assignments.attempts} + 1`,
      triedAt: now,
      nextLookAt: sql`greatest(${soonest.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz + ${pause})`,
    })
    .where(isKey(key))
    .returning({ nextLookAt: assignments.nextLookAt });
  return row?.nextLookAt ?? soonest;
}

/** The assignment is as it should be, or somebody new needs it: no pause is owed. */
export async function forgetTries(queries: Queries, key: AssignmentKey): Promise<void> {
  await queries
    .update(assignments)
    .set({ failing: null, attempts: 0, triedAt: null, nextLookAt: null })
    .where(and(isKey(key), or(gt(assignments.attempts, 0), sql`${assignments.failing} IS NOT NULL`)));
}

/** For queries: assignments whose next look is due. */
export function lookIsDue(now: Date): SQL | undefined {
  return or(
    isNull(assignments.nextLookAt),
    sql`${assignments.nextLookAt} <= ${now.toISOString()}::timestamptz`,
  );
}

/**
 * For queries of ending grants: the instant before which the assignment of the grant is not looked at again. Null when it
 * may be at once, as after an end that is newer than the last look.
 */
export const restsUntil = sql`(
  SELECT max(a.next_look_at) FROM ${assignmentUsers} u
  JOIN ${assignments} a USING (account_id, permission_set_arn, principal_id)
  WHERE u.grant_id = "grants"."id" AND a.tried_at > "grants"."ending_since"
)`;

export interface Users {
  readonly count: number;
  /** From when on the first of them has needed the assignment; null when there is none. */
  readonly since: Date | null;
}

/** The grants that live and need the assignment. `but` leaves one out. */
export async function liveUsers(
  queries: Queries,
  key: AssignmentKey,
  now: Date,
  but?: string,
): Promise<Users> {
  const [row] = await queries
    .select({
      count: sql<number>`count(*)::int`,
      since: sql<Date | null>`min(${assignmentUsers.since})`.mapWith(assignmentUsers.since),
    })
    .from(assignmentUsers)
    .innerJoin(grants, eq(grants.id, assignmentUsers.grantId))
    .where(
      and(
        isUserOf(key),
        inArray(grants.state, ['activating', 'active']),
        gt(grants.endsAt, now),
        but === undefined ? sql`true` : ne(grants.id, but),
      ),
    );
  return row ?? { count: 0, since: null };
}

/** What this grant was counted as a user of, or null. */
export async function assignmentOf(queries: Queries, grantId: string): Promise<AssignmentKey | null> {
  const [row] = await queries.select().from(assignmentUsers).where(eq(assignmentUsers.grantId, grantId));
  return row === undefined ? null : keyOf(row);
}

/** Counts a grant among those that need the assignment, from now on; false when it was already. */
export async function addUser(
  queries: Queries,
  key: AssignmentKey,
  grantId: string,
  now: Date,
): Promise<boolean> {
  const added = await queries
    .insert(assignmentUsers)
    .values({ ...key, grantId, since: now })
    .onConflictDoNothing()
    .returning({ grantId: assignmentUsers.grantId });
  return added.length > 0;
}

export async function removeUser(queries: Queries, grantId: string): Promise<void> {
  await queries.delete(assignmentUsers).where(eq(assignmentUsers.grantId, grantId));
}
