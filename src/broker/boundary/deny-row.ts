import { and, eq, gt, inArray, isNull, lte, sql } from '../../db/drizzle.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import type { Queries } from '../../db/pool.ts';
import { boundaries, denies, grants, sessions } from '../../db/schema.ts';
import type { GrantRow } from '../grant-row.ts';
import { grantCode } from '../session-tags.ts';
import { assignmentOf, liveUsers, lockAssignment } from '../targets/assignment-row.ts';
import { permissionSetSeconds, roleWideDenyAllowed, targetKind, targetRoleArn } from '../targets/target.ts';
import type { Denied } from './document.ts';
import { portalRolePattern } from './portal-role.ts';

export type DenyRow = typeof denies.$inferSelect;

// STS may have meant a lifetime by a clock that differs from ours by this much: see issue-verdict.ts.
const skewMs = 300_000;
const portalMarginMs = 5_000;

/**
 * Writes down that what was issued under a grant is to be denied in AWS, in the transaction that ends it early and holds it
 * locked. Returns the account whose boundary is to be written; null when there is nothing that could still be used, when other
 * live grants need the same assignment, or when the stored terms do not say what to deny: the grant ends all the same.
 */
export async function insertDeny(work: Work, row: GrantRow): Promise<string | null> {
  const wanted = targetKind(row.terms) === 'role' ? await roleDeny(work, row) : await portalDeny(work, row);
  if (wanted === null) return null;
  const { accountId } = wanted;
  work.write(work.queries.insert(boundaries).values({ accountId }).onConflictDoNothing());
  work.write(
    work.queries.insert(denies).values({
      ...wanted,
      grantId: row.id,
      roleWideAllowed: roleWideDenyAllowed(row.terms),
      createdAt: work.now,
    }),
  );
  return accountId;
}

async function roleDeny(work: Work, row: GrantRow) {
  const [issued] = await work.queries
    .select({ last: sql<Date | null>`max(${sessions.lastPossibleUse})`.mapWith(sessions.lastPossibleUse) })
    .from(sessions)
    .where(and(eq(sessions.grantId, row.id), gt(sessions.lastPossibleUse, work.now)));
  const roleArn = targetRoleArn(row.terms);
  if (issued === undefined || issued.last === null || roleArn === null) return null;
  // The account of the role itself: it is there whatever else the terms say.
  const accountId = /^arn:[^:]+:iam::([0-9]{12}):role\//.exec(roleArn)?.[1];
  if (accountId === undefined) return null;
  // From the grant's end every session's own policy denies all.
  const lapses = Math.min(issued.last.getTime() + skewMs, row.endsAt.getTime());
  return { kind: 'role', accountId, roleArn, lapsesAt: new Date(lapses) } as const;
}

async function portalDeny(work: Work, row: GrantRow) {
  const key = await assignmentOf(work.queries, row.id);
  if (key === null) return null;
  // Two that end at once wait for each other here, and the later one sees that the other is over.
  await lockAssignment(work.queries, key);
  if ((await liveUsers(work.queries, key, work.now, row.id)).count > 0) return null;
  const { accountId, permissionSetArn, principalId } = key;
  const issuedBefore = new Date(work.now.getTime() + portalMarginMs);
  const lapsesAt = portalLapse(issuedBefore, permissionSetSeconds(row.terms));
  return { kind: 'portal', accountId, permissionSetArn, principalId, issuedBefore, lapsesAt } as const;
}

function portalLapse(openedBefore: Date, sessionSeconds: number): Date {
  return new Date(openedBefore.getTime() + sessionSeconds * 1000 + skewMs);
}

/** Until when sessions of a permission set could be opened without a grant, after an early end. */
export type PortalOpen =
  /** The assignment is gone for certain. */
  | { readonly goneAt: Date }
  /** It is not gone yet, at this time. */
  | { readonly notGoneAt: Date }
  /** Another grant has needed it since: what is opened from then on is that one's. */
  | { readonly neededSince: Date };

/** While the assignment is not gone, what may have been opened is denied by a write so often. */
export const portalMoveMs = 30_000;

/**
 * Moves the deny of an ended grant on, so that it holds for what was opened at the portal since the end, for as long as that
 * can be used; also one that was removed since. In the caller's transaction, which holds the assignment locked unless it is
 * gone. Returns the account whose boundary is to be written; null when the grant has no deny, or it covers that already.
 * @param sessionSeconds how long a session of the permission set can last
 */
export async function extendPortalDeny(
  work: Work,
  grantId: string,
  sessionSeconds: number,
  open: PortalOpen,
): Promise<string | null> {
  const { issuedBefore, unless } = moveOf(open);
  const lapsesAt = portalLapse(issuedBefore, sessionSeconds);
  if (lapsesAt <= work.now) return null;
  const [changed] = await work.queries
    .update(denies)
    .set({
      issuedBefore,
      lapsesAt: sql`greatest(${denies.lapsesAt}, ${lapsesAt.toISOString()}::timestamptz)`,
      confirmedAt: null,
      versionId: null,
      removedAt: null,
    })
    .where(and(eq(denies.grantId, grantId), eq(denies.kind, 'portal'), lte(denies.issuedBefore, unless)))
    .returning({ accountId: denies.accountId });
  return changed?.accountId ?? null;
}

/** What to move the deny to, and how far it must have come for that to be needless. */
function moveOf(open: PortalOpen): { readonly issuedBefore: Date; readonly unless: Date } {
  if ('goneAt' in open)
    return { issuedBefore: new Date(open.goneAt.getTime() + portalMarginMs), unless: open.goneAt };
  // No margin: it must not reach into the time of a grant that begins right now, and the next move covers what it leaves.
  if ('notGoneAt' in open)
    return { issuedBefore: open.notGoneAt, unless: new Date(open.notGoneAt.getTime() - portalMoveMs) };
  return { issuedBefore: open.neededSince, unless: new Date(open.neededSince.getTime() - 1) };
}

/** Every deny of an account that is, or may be, in its policy. */
export async function openDenies(queries: Queries, accountId: string): Promise<DenyRow[]> {
  return queries
    .select()
    .from(denies)
    .where(and(eq(denies.accountId, accountId), isNull(denies.removedAt)))
    .orderBy(denies.grantId);
}

/** Which of these codes were denied by a row, be it open or removed. */
export async function deniedCodes(queries: Queries, codes: readonly string[]): Promise<ReadonlySet<string>> {
  if (codes.length === 0) return new Set();
  const code = sql<string>`right(${grants.id}, 8)`;
  const found = await queries
    .select({ code })
    .from(grants)
    .innerJoin(denies, eq(denies.grantId, grants.id))
    .where(inArray(code, [...codes]));
  return new Set(found.map((row) => row.code));
}

/** The row as the pure core takes it. @param sets the permission sets by ARN */
export function toDenied(row: DenyRow, sets: ReadonlyMap<string, { readonly name: string }>): Denied {
  const base = {
    grantId: row.grantId,
    createdAt: row.createdAt,
    lapsesAt: row.lapsesAt,
    confirmed: row.confirmedAt !== null,
  };
  if (row.kind === 'role') {
    if (row.roleArn === null) throw new Error('a deny without its role');
    const { roleArn, roleWideAllowed } = row;
    return { ...base, kind: 'role', code: grantCode(row.grantId), roleArn, roleWideAllowed };
  }
  const { principalId, permissionSetArn, issuedBefore } = row;
  if (principalId === null || permissionSetArn === null || issuedBefore === null)
    throw new Error('a deny of a permission set without its person or time');
  const name = sets.get(permissionSetArn)?.name ?? row.permissionSetName ?? undefined;
  if (name === undefined) throw new Error('a deny of a permission set without its name');
  const roleArnPattern = portalRolePattern(row.accountId, name);
  return { ...base, kind: 'portal', principalId, roleArnPattern, issuedBefore };
}
