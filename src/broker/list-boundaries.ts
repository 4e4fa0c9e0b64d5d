import { and, asc, gt, inArray, isNotNull, sql } from '../db/drizzle.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import { boundaries, denies } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';

/** How the denying of ended grants stands in one account. Times are RFC 3339 in UTC. */
export interface BoundaryView {
  /** 12 digits. */
  readonly account: string;
  /** Since when its policy could not be brought to what it should say; null: nothing stands in the way. */
  readonly failingSince: string | null;
  /** What stands in the way. */
  readonly reason: string | null;
  /** How often it was tried in vain since. */
  readonly attempts: number;
  readonly nextTryAt: string | null;
  /** When the policy was last read back as it should be, and which version of it. */
  readonly readBackAt: string | null;
  readonly version: string | null;
  /** Ended grants that its policy denies, or has to. */
  readonly denies: number;
  /** Those of them that were not read back yet, oldest first, up to 20. */
  readonly waiting: readonly WaitingDeny[];
  /** Codes in its policy that belong to no grant that is known here. */
  readonly unknownCodes: readonly string[];
}

export interface WaitingDeny {
  readonly grant: string;
  /** The role, or the permission set, by its ARN. */
  readonly target: string;
  readonly since: string;
}

export interface BoundaryPage {
  readonly items: BoundaryView[];
  /** Pass it as `cursor` for the next page; null on the last. */
  readonly next: string | null;
}

export interface ListBoundariesInput {
  /** True: only those that something stands in the way of. */
  readonly failing?: boolean;
  readonly cursor?: string;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number;
}

const mostWaiting = 20;

/**
 * The accounts in which grants were ended early, by account id: what is denied there and what stands in the way of it. For
 * operators and auditors. Throws Refusal: forbidden, invalid_input (cursor, limit).
 */
export async function listBoundaries(
  deps: { readonly db: Database; readonly clock: Clock },
  caller: Caller,
  input: ListBoundariesInput = {},
): Promise<BoundaryPage> {
  if (!caller.isOperator && !caller.isAuditor) {
    throw new Refusal('forbidden', 'Only operators and auditors may see how denying stands.');
  }
  const { limit = 50, cursor, failing } = input;
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new Refusal('invalid_input', 'limit must be a whole number from 1 to 100.');
  }
  if (cursor !== undefined && !/^[0-9]{12}$/.test(cursor)) {
    throw new Refusal('invalid_input', 'cursor must be the `next` of an earlier page.');
  }
  const rows = await deps.db
    .select()
    .from(boundaries)
    .where(
      and(
        cursor === undefined ? undefined : gt(boundaries.accountId, cursor),
        failing === true ? isNotNull(boundaries.failure) : undefined,
      ),
    )
    .orderBy(asc(boundaries.accountId))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const held = await heldIn(
    deps,
    page.map((row) => row.accountId),
  );
  const items = page.map((row) => toView(row, held.get(row.accountId)));
  return { items, next: rows.length > limit ? (items.at(-1)?.account ?? null) : null };
}

interface Held {
  readonly denies: number;
  readonly waiting: readonly WaitingDeny[];
}

/** The denies of these accounts, in one query. */
async function heldIn(
  deps: { readonly db: Database; readonly clock: Clock },
  accounts: readonly string[],
): Promise<ReadonlyMap<string, Held>> {
  if (accounts.length === 0) return new Map();
  const open = sql`${denies.confirmedAt} IS NULL AND ${denies.lapsesAt} > ${deps.clock().toISOString()}::timestamptz`;
  const target = sql`coalesce(${denies.roleArn}, ${denies.permissionSetArn}, '')`;
  const found = await deps.db
    .select({
      account: denies.accountId,
      denies: sql<number>`count(*)::int`,
      waiting: sql<{ grant: string; target: string; since: string }[]>`coalesce((jsonb_agg(
        jsonb_build_object('grant', ${denies.grantId}, 'target', ${target}, 'since', ${denies.createdAt})
        ORDER BY ${denies.createdAt}, ${denies.grantId}) FILTER (WHERE ${open})), '[]')`,
    })
    .from(denies)
    .where(and(inArray(denies.accountId, [...accounts]), sql`${denies.removedAt} IS NULL`))
    .groupBy(denies.accountId);
  return new Map(
    found.map(({ account, denies: count, waiting }) => [
      account,
      {
        denies: count,
        waiting: waiting.slice(0, mostWaiting).map(({ grant, target: on, since }) => ({
          grant,
          target: on,
          since: new Date(since).toISOString(),
        })),
      },
    ]),
  );
}

function toView(row: typeof boundaries.$inferSelect, held: Held | undefined): BoundaryView {
  return {
    account: row.accountId,
    failingSince: row.failingSince?.toISOString() ?? null,
    reason: row.failure,
    attempts: row.attempts,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    readBackAt: row.readBackAt?.toISOString() ?? null,
    version: row.versionId,
    denies: held?.denies ?? 0,
    waiting: held?.waiting ?? [],
    unknownCodes: Object.keys(row.unexplained),
  };
}
