import { preflightFreshMs, targetDigest } from '../catalog/target-digest.ts';
import type { EntitlementTerms } from '../catalog/terms.ts';
import { eq, inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { preflight, requestEntitlements } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import type { RequestContent } from './content.ts';

/** Something that was seen in AWS and that whoever asks or approves should know. */
export interface PreflightWarning {
  readonly entitlement: string;
  readonly check: string;
  readonly level: 'warning' | 'error';
  /** It cannot be approved while this is so. */
  readonly stops: boolean;
  readonly message: string;
}

/** What was last seen of one entitlement. */
export interface SeenBefore {
  readonly entitlement: string;
  readonly target: string;
  readonly findings: unknown;
  readonly checkedAt: Date;
}

const columns = {
  entitlement: preflight.entitlement,
  target: preflight.target,
  findings: preflight.findings,
  checkedAt: preflight.checkedAt,
};

/** What was last seen of these entitlements, in one query; none for none. */
export async function seenOf(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SeenBefore>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select(columns)
    .from(preflight)
    .where(inArray(preflight.entitlement, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.entitlement, row]));
}

/** The same for everything that a request asks for, by its id alone. */
export async function seenFor(queries: Queries, requestId: string): Promise<ReadonlyMap<string, SeenBefore>> {
  const rows = await queries
    .select(columns)
    .from(preflight)
    .innerJoin(requestEntitlements, eq(requestEntitlements.entitlement, preflight.entitlement))
    .where(eq(requestEntitlements.requestId, requestId));
  return new Map(rows.map((row) => [row.entitlement, row]));
}

/** What speaks against what is asked for. What was seen of another target, or a day ago, says nothing; nor does what could not be seen. */
export function warningsOf(
  content: Pick<RequestContent, 'entitlements'>,
  seen: ReadonlyMap<string, SeenBefore>,
  now: Date,
): PreflightWarning[] {
  return content.entitlements.flatMap((terms) => against(terms, seen.get(terms.id), now));
}

/**
 * What cannot be given is not approved. Throws Refusal not_possible, naming the first thing that stops it.
 * @param seen read in the transaction that decides
 */
export function requireGivable(
  content: Pick<RequestContent, 'entitlements'>,
  seen: ReadonlyMap<string, SeenBefore>,
  now: Date,
): void {
  const stop = warningsOf(content, seen, now).find(({ stops }) => stops);
  if (stop === undefined) return;
  throw new Refusal(
    'not_possible',
    `${stop.entitlement} cannot be given now. ${stop.message} An operator must look at \`daypass doctor --entitlement ${stop.entitlement}\`; once it is mended, it can be approved.`,
    { entitlement: stop.entitlement, check: stop.check },
  );
}

function against(
  terms: Pick<EntitlementTerms, 'id' | 'target' | 'sessionSeconds'>,
  row: SeenBefore | undefined,
  now: Date,
): PreflightWarning[] {
  if (row === undefined || now.getTime() - row.checkedAt.getTime() >= preflightFreshMs) return [];
  const findings = Array.isArray(row.findings) ? (row.findings as unknown[]).filter(isFinding) : [];
  const bad = findings.flatMap(({ check, level, stops, summary: message }): PreflightWarning[] =>
    level === 'warning' || level === 'error' ? [{ entitlement: terms.id, check, level, stops, message }] : [],
  );
  // Only where there is something to say: digests take time.
  return bad.length === 0 || row.target !== targetDigest(terms) ? [] : bad;
}

interface StoredFinding {
  readonly check: string;
  readonly level: string;
  readonly stops: boolean;
  readonly summary: string;
}

function isFinding(value: unknown): value is StoredFinding {
  if (typeof value !== 'object' || value === null) return false;
  const { check, level, stops, summary } = value as Readonly<Record<string, unknown>>;
  return [check, level, summary].every((text) => typeof text === 'string') && typeof stops === 'boolean';
}
