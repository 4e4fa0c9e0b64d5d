import { and, eq, isNull } from '../../db/drizzle.ts';
import type { PermissionSet } from '../../aws/identity-center.ts';
import { denies } from '../../db/schema.ts';
import type { BoundaryDeps } from './deps.ts';
import type { DenyRow } from './deny-row.ts';

/** What IAM Identity Center told of permission sets just now, by ARN; those it did not tell of are missing. */
export type PermissionSets = ReadonlyMap<string, PermissionSet>;

/**
 * Asks for the permission sets that denies are about. One that cannot be asked for (it was deleted, or IAM Identity Center is
 * out of reach) is left out and stops no other. Names are kept with the rows: a deny goes on without being asked for again.
 */
export async function describeSets(
  deps: BoundaryDeps,
  accountId: string,
  rows: readonly DenyRow[],
): Promise<PermissionSets> {
  const sets = new Map<string, PermissionSet>();
  const arns = new Set(rows.flatMap((row) => (row.permissionSetArn === null ? [] : [row.permissionSetArn])));
  await Promise.all(
    [...arns].map(async (arn) => {
      try {
        sets.set(arn, await deps.permissionSet(arn, accountId));
      } catch (error) {
        deps.report?.(error, accountId);
      }
    }),
  );
  for (const [arn, { name }] of sets) {
    if (rows.some((row) => row.permissionSetArn === arn && row.permissionSetName === null)) {
      await deps.db
        .update(denies)
        .set({ permissionSetName: name })
        .where(
          and(
            eq(denies.accountId, accountId),
            eq(denies.permissionSetArn, arn),
            isNull(denies.permissionSetName),
          ),
        );
    }
  }
  return sets;
}

/** Is enough known of a deny to write it? */
export function isDescribed(row: DenyRow, sets: PermissionSets): boolean {
  return row.kind === 'role' || row.permissionSetName !== null || sets.has(row.permissionSetArn ?? '');
}
