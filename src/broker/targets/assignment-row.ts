import { and, count, eq, inArray, ne, sql } from '../../db/drizzle.ts';
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

/** The row, locked until the transaction ends. */
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
  values: Partial<Pick<AssignmentRow, 'operation' | 'operationId' | 'operationSince' | 'present'>>,
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

/** How many grants that live need the assignment. `but` leaves one out. */
export async function liveUsers(queries: Queries, key: AssignmentKey, but?: string): Promise<number> {
  const [row] = await queries
    .select({ live: count() })
    .from(assignmentUsers)
    .innerJoin(grants, eq(grants.id, assignmentUsers.grantId))
    .where(
      and(
        isUserOf(key),
        inArray(grants.state, ['activating', 'active']),
        but === undefined ? sql`true` : ne(grants.id, but),
      ),
    );
  return row?.live ?? 0;
}

/** What this grant was counted as a user of, or null. */
export async function assignmentOf(queries: Queries, grantId: string): Promise<AssignmentKey | null> {
  const [row] = await queries.select().from(assignmentUsers).where(eq(assignmentUsers.grantId, grantId));
  return row === undefined ? null : keyOf(row);
}

export async function addUser(queries: Queries, key: AssignmentKey, grantId: string): Promise<void> {
  await queries
    .insert(assignmentUsers)
    .values({ ...key, grantId })
    .onConflictDoNothing();
}

export async function removeUser(queries: Queries, grantId: string): Promise<void> {
  await queries.delete(assignmentUsers).where(eq(assignmentUsers.grantId, grantId));
}
