import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Catalog } from '../catalog/types.ts';
import { inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { personalData } from '../db/schema.ts';
import type { PersonRef } from './approvers.ts';
import { lookersText, mayLook, type Used } from './follow-up-rights.ts';
import type { FollowUpState, Verdict } from './follow-up-states.ts';
import type { FollowUpRow } from './follow-ups-owed.ts';
import type { Viewer } from './rights.ts';
import type { StoredRequest } from './stored-request.ts';

/** Something that somebody else is to look at after the fact, as callers see it. Times are ISO 8601 in UTC. */
export interface FollowUpView {
  readonly id: string;
  readonly kind: 'break-glass';
  readonly state: FollowUpState;
  /** The request by which it was used. */
  readonly request: string;
  readonly entitlement: string;
  readonly account: { readonly id: string; readonly name: string };
  /** Whose use it was. */
  readonly person: PersonRef;
  readonly reason: string;
  readonly durationSeconds: number;
  readonly usedAt: string;
  readonly dueAt: string;
  /** Since when it has been overdue; null: it never was. */
  readonly overdueAt: string | null;
  /** Who may look at it now, in words. */
  readonly whom: string;
  readonly verdict: Verdict | null;
  readonly comment: string | null;
  readonly doneBy: PersonRef | null;
  readonly doneAt: string | null;
  /** May the caller look at it now? */
  readonly mayFinish: boolean;
}

/** A follow-up and the request it is about. */
export interface StoredFollowUp {
  readonly row: FollowUpRow;
  readonly request: StoredRequest;
}

/** What rights to it are judged on. */
export function usedOf({ row, request }: StoredFollowUp): Used {
  const terms = request.content.entitlements.find(({ id }) => id === row.entitlement);
  if (terms === undefined) throw new Error(`follow-up ${row.id} is of nothing that was used`);
  return {
    terms: entitlementFromTerms(terms),
    owedBy: row.owedBy,
    manager: request.manager,
    usedAt: row.createdAt,
  };
}

/** The names of everybody in these follow-ups, in one query. */
export async function namesIn(
  queries: Queries,
  rows: readonly Pick<FollowUpRow, 'owedBy' | 'doneBy'>[],
): Promise<ReadonlyMap<string, string | null>> {
  const ids = new Set(rows.flatMap(({ owedBy, doneBy }) => (doneBy === null ? [owedBy] : [owedBy, doneBy])));
  if (ids.size === 0) return new Map();
  const found = await queries
    .select({ id: personalData.personId, name: personalData.name })
    .from(personalData)
    .where(inArray(personalData.personId, [...ids]));
  return new Map(found.map(({ id, name }) => [id, name]));
}

/** The view for somebody who may see the request. */
export function toFollowUpView(
  stored: StoredFollowUp,
  names: ReadonlyMap<string, string | null>,
  catalog: Catalog,
  viewer: Viewer,
  now: Date,
): FollowUpView {
  const { row, request } = stored;
  const used = usedOf(stored);
  const { account } = used.terms;
  const name = (id: string): PersonRef => ({ id, name: names.get(id) ?? null });
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    request: row.requestId,
    entitlement: row.entitlement,
    account: { id: account.id, name: account.name },
    person: name(row.owedBy),
    reason: request.content.reason,
    durationSeconds: request.content.durationSeconds,
    usedAt: row.createdAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    overdueAt: row.overdueAt?.toISOString() ?? null,
    whom: lookersText(used, catalog, now),
    verdict: row.verdict,
    comment: row.words,
    doneBy: row.doneBy === null ? null : name(row.doneBy),
    doneAt: row.doneAt?.toISOString() ?? null,
    mayFinish: row.state !== 'done' && mayLook(used, catalog, viewer, now).allowed,
  };
}
