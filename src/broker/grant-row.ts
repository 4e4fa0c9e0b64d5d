import { eq } from '../db/drizzle.ts';
import type { AuditEvent, AuditKind, Outcome } from '../audit/event.ts';
import type { Queries } from '../db/pool.ts';
import { grants } from '../db/schema.ts';
import type { RunOptions } from './deps.ts';
import type { TargetGrant } from './targets/target.ts';

export type GrantRow = typeof grants.$inferSelect;

export async function readGrant(queries: Queries, grantId: string): Promise<GrantRow | null> {
  const [row] = await queries.select().from(grants).where(eq(grants.id, grantId));
  return row ?? null;
}

/** The row, locked until the transaction ends; null when it is missing or, for a sweep, in somebody else's hands. */
export async function lockGrant(
  queries: Queries,
  grantId: string,
  run: RunOptions = {},
): Promise<GrantRow | null> {
  const [row] = await queries
    .select()
    .from(grants)
    .where(eq(grants.id, grantId))
    .for('update', run.bySweep === true ? { skipLocked: true } : {});
  return row ?? null;
}

export function targetGrant(row: GrantRow): TargetGrant {
  const { id, requestId, personId, entitlement, terms, endsAt, endingSince } = row;
  return { id, requestId, personId, entitlement, terms, endsAt, endingSince };
}

/** The account in stored terms. Reads no more of them, so that an ending never fails over the rest. */
export function accountOf(terms: unknown): { readonly id: string; readonly name: string } {
  const account: unknown =
    typeof terms === 'object' && terms !== null && 'account' in terms ? terms.account : undefined;
  const text = (name: 'id' | 'name'): string => {
    const value: unknown =
      typeof account === 'object' && account !== null
        ? (account as Record<string, unknown>)[name]
        : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { id: text('id'), name: text('name') };
}

/** An event about a grant, with everything by which it is searched. */
export function grantEvent(
  row: GrantRow,
  kind: AuditKind,
  outcome: Outcome,
  more: Pick<AuditEvent, 'session' | 'accessKeyId' | 'rule' | 'catalogVersion' | 'details' | 'personal'> = {},
): AuditEvent {
  return {
    kind,
    outcome,
    subject: row.personId,
    entitlement: row.entitlement,
    account: accountOf(row.terms).id,
    request: row.requestId,
    grant: row.id,
    ...more,
  };
}

/** When to try again after a fault, in seconds: doubling from 2 to 300. Endings never give up. */
export function backoffSeconds(attempts: number): number {
  return Math.min(300, 2 ** Math.min(attempts, 9));
}
