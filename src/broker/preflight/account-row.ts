import { systemContext } from '../../audit/event.ts';
import type { JsonObject } from '../../audit/leaf.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { targetDigest } from '../../catalog/target-digest.ts';
import { and, eq, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from '../../db/drizzle.ts';
import { preflight, preflightAccounts } from '../../db/schema.ts';
import type { PreflightDeps } from './deps.ts';
import { type Finding, verdictOf } from './finding.ts';
import type { AccountOffer, Look } from './look-account.ts';

// Longer than a look takes: one that goes on for longer is thrown away, and taken again.
const leaseMs = 300_000;
const lookEveryMs = 3_600_000;
const lookAgainMs = 60_000;

/** For queries: an account that nobody looks at and that is due. */
function due(now: Date) {
  return and(
    or(isNull(preflightAccounts.leaseUntil), lte(preflightAccounts.leaseUntil, now)),
    or(isNotNull(preflightAccounts.askedAt), lte(preflightAccounts.nextLookAt, now)),
  );
}

/** Accounts that are due and that nobody looks at, the longest due first. */
export async function dueAccounts(deps: PreflightDeps): Promise<string[]> {
  const rows = await deps.db
    .select({ accountId: preflightAccounts.accountId })
    .from(preflightAccounts)
    .where(due(deps.clock()))
    .orderBy(sql`coalesce(${preflightAccounts.askedAt}, ${preflightAccounts.nextLookAt})`);
  return rows.map(({ accountId }) => accountId);
}

/** Makes this process the one that looks at an account. False: another one does, or did just now. */
export async function claim(deps: PreflightDeps, accountId: string): Promise<boolean> {
  const now = deps.clock();
  const claimed = await deps.db
    .update(preflightAccounts)
    .set({
      looker: deps.looker,
      leaseUntil: new Date(now.getTime() + leaseMs),
      askedAt: null,
      // Still due should this process die.
      nextLookAt: sql`least(${preflightAccounts.nextLookAt}, ${now.toISOString()}::timestamptz)`,
    })
    .where(and(eq(preflightAccounts.accountId, accountId), due(now)))
    .returning({ accountId: preflightAccounts.accountId });
  return claimed.length > 0;
}

/** Lets go without a result: it is looked at again soon. */
export async function letGo(deps: PreflightDeps, accountId: string): Promise<void> {
  await deps.db
    .update(preflightAccounts)
    .set({ looker: null, leaseUntil: null, nextLookAt: new Date(deps.clock().getTime() + lookAgainMs) })
    .where(and(eq(preflightAccounts.accountId, accountId), eq(preflightAccounts.looker, deps.looker)));
}

/** Has each of these accounts looked at as soon as somebody can. Makes the rows that are missing. */
export async function ask(deps: PreflightDeps, accountIds: readonly string[]): Promise<void> {
  if (accountIds.length > 0) await upsert(deps, accountIds, undefined);
}

/**
 * The same, but for those that somebody looks at now, or has looked at since a time. Returns how many were asked for: whether
 * the others were seen as they are in the catalog is known when nobody looks at them any more.
 */
export async function askUnlessSeen(
  deps: PreflightDeps,
  accountIds: readonly string[],
  since: Date,
): Promise<number> {
  if (accountIds.length === 0) return 0;
  const free = or(isNull(preflightAccounts.leaseUntil), lte(preflightAccounts.leaseUntil, deps.clock()));
  const unseen = or(isNull(preflightAccounts.checkedAt), lt(preflightAccounts.checkedAt, since));
  return upsert(deps, accountIds, and(free, unseen));
}

async function upsert(
  deps: PreflightDeps,
  accountIds: readonly string[],
  unless: SQL | undefined,
): Promise<number> {
  const now = deps.clock();
  const asked = await deps.db
    .insert(preflightAccounts)
    .values(accountIds.map((accountId) => ({ accountId, askedAt: now, nextLookAt: now })))
    .onConflictDoUpdate({
      target: preflightAccounts.accountId,
      set: { askedAt: now },
      ...(unless === undefined ? {} : { setWhere: unless }),
    })
    .returning({ accountId: preflightAccounts.accountId });
  return asked.length;
}

/** Writes down what was seen, with an event for each verdict that changed. False: the lease went to another process. */
export async function finish(deps: PreflightDeps, offer: AccountOffer, look: Look): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const [row] = await work.queries
      .select()
      .from(preflightAccounts)
      .where(eq(preflightAccounts.accountId, offer.accountId))
      .for('update');
    if (row?.looker !== deps.looker) return false;
    await record(work, deps, offer, look);
    const attempts = look.complete ? 0 : row.attempts + 1;
    await work.queries
      .update(preflightAccounts)
      .set({
        looker: null,
        leaseUntil: null,
        checkedAt: work.now,
        attempts,
        nextLookAt: new Date(work.now.getTime() + pauseMs(deps, attempts)),
      })
      .where(eq(preflightAccounts.accountId, offer.accountId));
    return true;
  });
}

async function record(work: Work, deps: PreflightDeps, offer: AccountOffer, look: Look): Promise<void> {
  const ids = offer.entitlements.map(({ id }) => id);
  const before = await work.queries
    .select({ id: preflight.entitlement, verdict: preflight.verdict })
    .from(preflight)
    .where(inArray(preflight.entitlement, ids));
  const verdicts = new Map(before.map(({ id, verdict }) => [id, verdict]));
  const catalogVersion = deps.catalog().version;
  const rows = offer.entitlements.map((entitlement) => {
    const findings = look.findings.get(entitlement.id) ?? [];
    const verdict = verdictOf(findings);
    const was = verdicts.get(entitlement.id) ?? null;
    if (verdict !== was) {
      work.audit({
        kind: 'preflight.changed',
        outcome: verdict === 'ok' ? 'success' : verdict === 'unknown' ? 'unknown' : 'failure',
        entitlement: entitlement.id,
        account: offer.accountId,
        catalogVersion,
        details: { verdict, was, findings: bad(findings) },
      });
    }
    const target = targetDigest(entitlement);
    return {
      entitlement: entitlement.id,
      accountId: offer.accountId,
      target,
      verdict,
      findings,
      checkedAt: work.now,
    };
  });
  await work.queries
    .insert(preflight)
    .values(rows)
    .onConflictDoUpdate({
      target: preflight.entitlement,
      set: {
        accountId: sql`excluded.account_id`,
        target: sql`excluded.target`,
        verdict: sql`excluded.verdict`,
        findings: sql`excluded.findings`,
        checkedAt: sql`excluded.checked_at`,
      },
    });
}

function bad(findings: readonly Finding[]): JsonObject[] {
  return findings
    .filter(({ level }) => level === 'warning' || level === 'error')
    .map(({ check, level, message }) => ({ check, level, message: message.slice(0, 1_000) }));
}

// Spread, so that accounts that were looked at together do not stay together; sooner where something was not reached.
function pauseMs(deps: PreflightDeps, attempts: number): number {
  const pause =
    attempts === 0 ? lookEveryMs : Math.min(lookEveryMs, lookAgainMs * 2 ** Math.min(attempts, 10));
  return pause * (0.8 + deps.random() * 0.4);
}
