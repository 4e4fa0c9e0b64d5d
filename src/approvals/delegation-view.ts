import { alias, desc, eq, type SQL } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { delegations, personalData } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import type { PersonRef } from './approvers.ts';

export const delegationStates = ['upcoming', 'active', 'over', 'ended'] as const;
export type DelegationState = (typeof delegationStates)[number];

export type DelegationRow = typeof delegations.$inferSelect;

/** A right that was handed over, as callers see it. Times are ISO 8601 in UTC. */
export interface DelegationView {
  readonly id: string;
  /** Whose right it is. */
  readonly principal: PersonRef;
  readonly delegate: PersonRef;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Ids and patterns; null: everything that the principal may answer. */
  readonly entitlements: readonly string[] | null;
  readonly because: string;
  readonly createdAt: string;
  /** When it was ended before its time. */
  readonly endedAt: string | null;
  /** By whom; null where nobody did, or Daypass after a restore. */
  readonly endedBy: PersonRef | null;
  /** Of somebody who is deactivated it counts for nothing, whatever this says. */
  readonly state: DelegationState;
  readonly mayEnd: boolean;
}

/** Is it still to come, or going on? */
export function isStanding(
  { endedAt, endsAt }: Pick<DelegationRow, 'endedAt' | 'endsAt'>,
  now: Date,
): boolean {
  return endedAt === null && now < endsAt;
}

/** Is it theirs to see and to end: given by them, given to them, or as an operator? */
export function isTheirs(row: Pick<DelegationRow, 'principal' | 'delegate'>, caller: Caller): boolean {
  return caller.isOperator || caller.personId === row.principal || caller.personId === row.delegate;
}

/** Views of the delegations that a condition finds, newest first. @param most how many at the most */
export async function viewDelegations(
  queries: Queries,
  caller: Caller,
  now: Date,
  where: SQL | undefined,
  most: number,
): Promise<DelegationView[]> {
  const [principal, delegate, ender] = [
    alias(personalData, 'principal'),
    alias(personalData, 'delegate'),
    alias(personalData, 'ender'),
  ];
  const rows = await queries
    .select({ row: delegations, principal: principal.name, delegate: delegate.name, ender: ender.name })
    .from(delegations)
    .leftJoin(principal, eq(principal.personId, delegations.principal))
    .leftJoin(delegate, eq(delegate.personId, delegations.delegate))
    .leftJoin(ender, eq(ender.personId, delegations.endedBy))
    .where(where)
    .orderBy(desc(delegations.id))
    .limit(most);
  return rows.map(({ row, ...names }) => ({
    id: row.id,
    principal: { id: row.principal, name: names.principal },
    delegate: { id: row.delegate, name: names.delegate },
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    entitlements: row.entitlements,
    because: row.because,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy: row.endedBy === null ? null : { id: row.endedBy, name: names.ender },
    state: stateOf(row, now),
    mayEnd: isTheirs(row, caller) && isStanding(row, now),
  }));
}

/** The view of one that is there. */
export async function viewDelegation(
  queries: Queries,
  caller: Caller,
  now: Date,
  id: string,
): Promise<DelegationView> {
  const [view] = await viewDelegations(queries, caller, now, eq(delegations.id, id), 1);
  if (view === undefined) throw new Error(`delegation ${id} is gone`);
  return view;
}

function stateOf({ endedAt, startsAt, endsAt }: DelegationRow, now: Date): DelegationState {
  if (endedAt !== null) return 'ended';
  if (now >= endsAt) return 'over';
  return now < startsAt ? 'upcoming' : 'active';
}
