import { and, eq, gt, inArray, isNull, lte, sql } from '../../db/drizzle.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import type { Queries } from '../../db/pool.ts';
import { boundaries, denies, grants, sessions } from '../../db/schema.ts';
import { accountOf, type GrantRow } from '../grant-row.ts';
import { grantCode } from '../session-tags.ts';
import { assignmentOf, liveUsers } from '../targets/assignment-row.ts';
import { permissionSetSeconds, roleWideDenyAllowed, targetKind, targetRoleArn } from '../targets/target.ts';
import type { Denied } from './document.ts';

export type DenyRow = typeof denies.$inferSelect;

// STS may have meant a lifetime by a clock that differs from ours by this much: see issue-verdict.ts.
const skewMs = 300_000;
const portalMarginMs = 5_000;

/**
 * Writes down that what was issued under a grant is to be denied in AWS, in the transaction that ends it early and holds it
 * locked. False when there is nothing that could still be used, or when other live grants need the same assignment.
 */
export async function insertDeny(work: Work, row: GrantRow): Promise<boolean> {
  const wanted = targetKind(row.terms) === 'role' ? await roleDeny(work, row) : await portalDeny(work, row);
  if (wanted === null) return false;
  const accountId = accountOf(row.terms).id;
  work.write(work.queries.insert(boundaries).values({ accountId }).onConflictDoNothing());
  work.write(
    work.queries.insert(denies).values({
      ...wanted,
      grantId: row.id,
      accountId,
      roleWideAllowed: roleWideDenyAllowed(row.terms),
      createdAt: work.now,
    }),
  );
  return true;
}

async function roleDeny(work: Work, row: GrantRow) {
  const [issued] = await work.queries
    .select({ last: sql<Date | null>`max(${sessions.lastPossibleUse})`.mapWith(sessions.lastPossibleUse) })
    .from(sessions)
    .where(and(eq(sessions.grantId, row.id), gt(sessions.lastPossibleUse, work.now)));
  const roleArn = targetRoleArn(row.terms);
  if (issued === undefined || issued.last === null || roleArn === null) return null;
  // From the grant's end every session's own policy denies all.
  const lapses = Math.min(issued.last.getTime() + skewMs, row.endsAt.getTime());
  return { kind: 'role', roleArn, lapsesAt: new Date(lapses) } as const;
}

async function portalDeny(work: Work, row: GrantRow) {
  const key = await assignmentOf(work.queries, row.id);
  if (key === null || (await liveUsers(work.queries, key, row.id)) > 0) return null;
  const { permissionSetArn, principalId } = key;
  const issuedBefore = new Date(work.now.getTime() + portalMarginMs);
  // Counted from when the assignment will be gone at the latest; what is opened until then is denied by a second write.
  const lapsesAt = new Date(work.now.getTime() + permissionSetSeconds(row.terms) * 1000 + skewMs);
  return { kind: 'portal', permissionSetArn, principalId, issuedBefore, lapsesAt } as const;
}

/**
 * After the assignment is gone for certain: what was opened at the portal since the end is denied, too. In the caller's
 * transaction. False when there is no deny for the grant, or it covers that already.
 */
export async function extendPortalDeny(work: Work, grantId: string, goneAt: Date): Promise<boolean> {
  const issuedBefore = new Date(goneAt.getTime() + portalMarginMs);
  const changed = await work.queries
    .update(denies)
    .set({ issuedBefore, confirmedAt: null, versionId: null })
    .where(
      and(
        eq(denies.grantId, grantId),
        eq(denies.kind, 'portal'),
        isNull(denies.removedAt),
        lte(denies.issuedBefore, goneAt),
      ),
    )
    .returning({ grantId: denies.grantId });
  return changed.length > 0;
}

/** Every deny of an account that is, or may be, in its policy. */
export async function openDenies(queries: Queries, accountId: string): Promise<DenyRow[]> {
  return queries
    .select()
    .from(denies)
    .where(and(eq(denies.accountId, accountId), isNull(denies.removedAt)))
    .orderBy(denies.grantId);
}

/** Which of these codes are those of grants that this database knows. */
export async function knownCodes(queries: Queries, codes: readonly string[]): Promise<ReadonlySet<string>> {
  if (codes.length === 0) return new Set();
  const code = sql<string>`right(${grants.id}, 8)`;
  const found = await queries
    .select({ code })
    .from(grants)
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
  const name = sets.get(permissionSetArn)?.name;
  if (name === undefined) throw new Error('a deny of a permission set without its name');
  const roleArnPattern = portalRolePattern(row.accountId, name);
  return { ...base, kind: 'portal', principalId, roleArnPattern, issuedBefore };
}

/**
 * The roles that IAM Identity Center makes for a permission set in an account: `AWSReservedSSO_`, its name, and 16
 * characters (IAM Identity Center User Guide, "Referencing permission sets in resource policies").
 */
export function portalRolePattern(accountId: string, permissionSetName: string): string {
  return `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${permissionSetName}_${'?'.repeat(16)}`;
}
