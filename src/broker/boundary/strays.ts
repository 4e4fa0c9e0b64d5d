import { eq } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Json, JsonObject } from '../../audit/leaf.ts';
import { boundaries } from '../../db/schema.ts';
import { grantCode } from '../session-tags.ts';
import { type DenyRow, knownCodes } from './deny-row.ts';
import type { BoundaryDeps } from './deps.ts';
import type { CurrentDocument } from './document.ts';

/** What stands in a boundary policy and in no row. */
export interface Strays {
  /** Codes that stay for now: nobody knows whose sessions they deny. */
  readonly keep: readonly string[];
  readonly firstSeen: Readonly<Record<string, string>>;
  /** Newly found now, for the record. */
  readonly unknown: readonly string[];
  /** Statements that are not Daypass's and are more than the policy's plain Allow. */
  readonly foreign: readonly string[];
}

// Sessions lent by a role live at most an hour (role chaining); then their denies deny nothing.
const sessionsLapseAfterMs = 4_200_000;

/**
 * Sorts what the policy denies and no open row explains. A code of a grant that is known was denied once and has lapsed: it
 * is Daypass's own and stale, and goes. A code of no known grant can be that of a grant this database lost: it stays until
 * whatever it denies has expired, and is reported.
 */
export async function sortStrays(
  deps: BoundaryDeps,
  accountId: string,
  current: CurrentDocument,
  live: readonly DenyRow[],
): Promise<Strays> {
  const wanted = new Set(live.filter((row) => row.kind === 'role').map((row) => grantCode(row.grantId)));
  const unexplained = current.codes.filter((code) => !wanted.has(code));
  const [known, [row]] = await Promise.all([
    knownCodes(deps.db, unexplained),
    deps.db
      .select({ unexplained: boundaries.unexplained })
      .from(boundaries)
      .where(eq(boundaries.accountId, accountId)),
  ]);
  const seen = row?.unexplained ?? {};
  const now = deps.clock();
  const firstSeen: Record<string, string> = {};
  const unknown: string[] = [];
  for (const code of unexplained) {
    if (known.has(code)) continue;
    const since = seen[code];
    if (since === undefined) unknown.push(code);
    else if (new Date(since).getTime() + sessionsLapseAfterMs <= now.getTime()) continue;
    firstSeen[code] = since ?? now.toISOString();
  }
  return { keep: Object.keys(firstSeen), firstSeen, unknown, foreign: foreignSids(current) };
}

/** Writes down what was found beside Daypass's own, and says so once. */
export async function recordDrift(
  deps: BoundaryDeps,
  accountId: string,
  strays: Strays,
  wrote: boolean,
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    await work.queries
      .update(boundaries)
      .set({ unexplained: strays.firstSeen })
      .where(eq(boundaries.accountId, accountId));
    if (strays.unknown.length === 0 && !(wrote && strays.foreign.length > 0)) return;
    work.audit({
      kind: 'deny.drift',
      outcome: 'unknown',
      account: accountId,
      details: { unknownCodes: strays.unknown, foreignStatements: strays.foreign },
    });
  });
}

function foreignSids(current: CurrentDocument): string[] {
  return current.others.filter((statement) => !isPlainAllow(statement)).map(nameOfStatement);
}

function isPlainAllow(statement: JsonObject): boolean {
  const { Effect, Action, Resource, Condition } = statement;
  return Effect === 'Allow' && isAll(Action) && isAll(Resource) && Condition === undefined;
}

function isAll(value: Json | undefined): boolean {
  return value === '*' || (Array.isArray(value) && value.includes('*'));
}

function nameOfStatement(statement: JsonObject): string {
  const { Sid, Effect } = statement;
  return typeof Sid === 'string' ? Sid : `${typeof Effect === 'string' ? Effect : '?'} without a Sid`;
}
