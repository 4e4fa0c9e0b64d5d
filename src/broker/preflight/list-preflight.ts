import { preflightFreshMs, targetDigest } from '../../catalog/target-digest.ts';
import type { Entitlement } from '../../catalog/types.ts';
import { inArray } from '../../db/drizzle.ts';
import { preflight } from '../../db/schema.ts';
import { notFound, Refusal } from '../../refusal.ts';
import type { PreflightDeps } from './deps.ts';
import type { Finding, Verdict } from './finding.ts';

/** What was last seen of one entitlement. Times are RFC 3339 in UTC. */
export interface PreflightView {
  readonly entitlement: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly verdict: Verdict;
  /** Null: it was not looked at yet as it is in the catalog now. */
  readonly checkedAt: string | null;
  /** It was seen too long ago to count. */
  readonly stale: boolean;
  readonly findings: readonly PreflightFinding[];
}

/** Each finding stands for itself. */
export interface PreflightFinding {
  readonly entitlement: string;
  /** Account id. */
  readonly account: string;
  readonly check: string;
  readonly level: string;
  readonly stops: boolean;
  readonly message: string;
}

export interface ListPreflightInput {
  readonly entitlement?: string;
  readonly cursor?: string;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number;
}

/**
 * What was last seen in AWS of each entitlement of the catalog, in the order of their ids. For operators: the messages name who
 * else can get in. Throws Refusal not_found for an entitlement that the catalog has not, invalid_input for a cursor of no page.
 */
export async function listPreflight(
  deps: Pick<PreflightDeps, 'db' | 'clock' | 'catalog'>,
  { entitlement, cursor, limit = 50 }: ListPreflightInput,
): Promise<{ readonly items: readonly PreflightView[]; readonly next: string | null }> {
  const all = deps.catalog().entitlements;
  if (entitlement !== undefined && !all.has(entitlement)) throw notFound('entitlement');
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const wanted = [...all.values()]
    .filter(({ id }) => (entitlement === undefined || id === entitlement) && (after === null || id > after))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const page = wanted.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const rows =
    ids.length === 0 ? [] : await deps.db.select().from(preflight).where(inArray(preflight.entitlement, ids));
  const seen = new Map(rows.map((row) => [row.entitlement, row]));
  const now = deps.clock();
  const last = page.at(-1);
  return {
    items: page.map((one) => toView(one, seen.get(one.id), now)),
    next:
      wanted.length > page.length && last !== undefined ? Buffer.from(last.id).toString('base64url') : null,
  };
}

function toView(one: Entitlement, row: typeof preflight.$inferSelect | undefined, now: Date): PreflightView {
  const current = row?.target === targetDigest(one) ? row : undefined;
  const findings = (current?.findings ?? []) as readonly Finding[];
  return {
    entitlement: one.id,
    account: { id: one.account.id, name: one.account.name },
    verdict: current?.verdict ?? 'unknown',
    checkedAt: current?.checkedAt.toISOString() ?? null,
    stale: current === undefined || now.getTime() - current.checkedAt.getTime() >= preflightFreshMs,
    findings: findings.map(({ check, level, stops, message }) => ({
      entitlement: one.id,
      account: one.account.id,
      check,
      level,
      stops,
      message,
    })),
  };
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (Buffer.from(id).toString('base64url') !== cursor)
    throw new Refusal('invalid_input', 'cursor must be the `next` of an earlier page.');
  return id;
}
