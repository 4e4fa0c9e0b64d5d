import { and, eq, inArray } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Json, JsonObject } from '../../audit/leaf.ts';
import { boundaries, denies } from '../../db/schema.ts';
import { grantCode } from '../session-tags.ts';
import { type DenyRow, deniedCodes } from './deny-row.ts';
import type { BoundaryDeps } from './deps.ts';
import type { CurrentDocument, Kept } from './document.ts';
import { ownPortal, ownRole } from './statements.ts';

/** What stands in a boundary policy and in no row. */
export interface Strays {
  /** Daypass's own that no row explains: it stays for now, as nobody knows whose sessions it denies. */
  readonly kept: Kept;
  /** When each code in `kept` was first seen. */
  readonly firstSeen: Readonly<Record<string, string>>;
  /** `firstSeen` is not what is on record. */
  readonly changed: boolean;
  /** Codes newly found now, for the record. */
  readonly unknown: readonly string[];
  /** Statements that are not Daypass's and are more than the policy's plain Allow. */
  readonly foreign: readonly string[];
}

// Sessions lent by a role live at most an hour (role chaining); then their denies deny nothing.
const roleLapseMs = 4_200_000;
// Sessions of a permission set live at most twelve hours.
const portalLapseMs = 12.25 * 3_600_000;
// A person's time may have been rounded up to the minute.
const roundedMs = 60_000;

/**
 * Sorts what the policy denies and no open row explains. What a row denied once, and has lapsed, is Daypass's own and stale:
 * it goes. What no row ever denied can be of a grant that this database lost, or whose end it does not know of: it stays
 * until whatever it denies has expired, and is reported.
 */
export async function sortStrays(
  deps: BoundaryDeps,
  accountId: string,
  current: CurrentDocument,
  live: readonly DenyRow[],
): Promise<Strays> {
  const wanted = new Set(live.filter((row) => row.kind === 'role').map((row) => grantCode(row.grantId)));
  const unexplained = current.codes.filter((code) => !wanted.has(code));
  const [known, [row], statements] = await Promise.all([
    deniedCodes(deps.db, unexplained),
    deps.db
      .select({ unexplained: boundaries.unexplained })
      .from(boundaries)
      .where(eq(boundaries.accountId, accountId)),
    keptStatements(deps, accountId, current.own),
  ]);
  const seen = row?.unexplained ?? {};
  const now = deps.clock();
  const firstSeen: Record<string, string> = {};
  const unknown: string[] = [];
  for (const code of unexplained) {
    if (known.has(code)) continue;
    const since = seen[code];
    if (since === undefined) unknown.push(code);
    else if (new Date(since).getTime() + roleLapseMs <= now.getTime()) continue;
    firstSeen[code] = since ?? now.toISOString();
  }
  const marks = statements.map((statement) => JSON.stringify(statement['Condition']));
  for (const mark of marks) {
    if (seen[mark] === undefined) unknown.push(mark);
    firstSeen[mark] = seen[mark] ?? now.toISOString();
  }
  const changed = unknown.length > 0 || Object.keys(firstSeen).length !== Object.keys(seen).length;
  const codes = Object.keys(firstSeen).filter((mark) => !marks.includes(mark));
  return { kept: { codes, statements }, firstSeen, changed, unknown, foreign: foreignSids(current) };
}

/** Denies of roles and of people that no row explains and that may still deny something. */
async function keptStatements(
  deps: BoundaryDeps,
  accountId: string,
  own: readonly JsonObject[],
): Promise<JsonObject[]> {
  const now = deps.clock().getTime();
  const roles = own.flatMap((statement) => {
    const found = ownRole(statement);
    return found !== null && found.until.getTime() + roleLapseMs > now ? [{ statement, ...found }] : [];
  });
  const portal = own.flatMap((statement) => {
    const found = ownPortal(statement);
    return found !== null && found.before.getTime() + portalLapseMs > now ? [{ statement, ...found }] : [];
  });
  if (roles.length === 0 && portal.length === 0) return [];
  const rows = await deps.db
    .select()
    .from(denies)
    .where(
      and(
        eq(denies.accountId, accountId),
        roles.length > 0
          ? undefined
          : inArray(
              denies.principalId,
              portal.flatMap((one) => one.principalIds),
            ),
      ),
    );
  return [
    ...roles.filter(
      ({ roleArn, until }) => !rows.some((row) => row.roleArn === roleArn && reaches(row.createdAt, until)),
    ),
    ...portal.filter(
      ({ principalIds, before }) =>
        !principalIds.every((id) =>
          rows.some(
            (row) => row.principalId === id && row.issuedBefore !== null && reaches(row.issuedBefore, before),
          ),
        ),
    ),
  ].map(({ statement: { Sid: _sid, ...unnamed } }) => unnamed);
}

function reaches(known: Date, denied: Date): boolean {
  return known.getTime() + roundedMs >= denied.getTime();
}

/** Writes down what was found beside Daypass's own, and says so once. */
export async function recordDrift(
  deps: BoundaryDeps,
  accountId: string,
  strays: Strays,
  { wrote, missing }: { readonly wrote: boolean; readonly missing: readonly string[] },
): Promise<void> {
  const foreign = wrote && strays.foreign.length > 0;
  if (!strays.changed && !foreign && missing.length === 0) return;
  await deps.transact(systemContext, async (work) => {
    await work.queries
      .update(boundaries)
      .set({ unexplained: strays.firstSeen })
      .where(eq(boundaries.accountId, accountId));
    if (strays.unknown.length === 0 && !foreign && missing.length === 0) return;
    work.audit({
      kind: 'deny.drift',
      outcome: 'unknown',
      account: accountId,
      details: {
        unknown: strays.unknown,
        foreignStatements: strays.foreign,
        // Confirmed before, and taken out by somebody else: it was put back.
        missing: missing.slice(0, 100),
      },
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
