import type { Catalog } from '../catalog/types.ts';
import { and, desc, eq, inArray, lt, ne, type SQL } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { followUps, requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { checkedLimit, decodeCursor } from './cursor.ts';
import type { ApprovalsDeps, Page } from './deps.ts';
import type { FollowUpState } from './follow-up-states.ts';
import { type FollowUpView, namesIn, type StoredFollowUp, toFollowUpView } from './follow-up-view.ts';
import { canSee, type Viewer } from './rights.ts';
import { readSnapshot } from './snapshot.ts';
import { askedOf, findRequests } from './stored-request.ts';
import { viewerOf } from './viewer.ts';
import { perhapsVisibleTo } from './visibility.ts';
import { type Batch, readVisiblePage } from './visible-page.ts';

export interface ListFollowUpsInput {
  readonly state?: FollowUpState | undefined;
  /** Only those of the caller's own use. */
  readonly mine?: boolean | undefined;
  /** Only those that the caller may look at now. */
  readonly toDo?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/**
 * Follow-ups of requests that the caller may see, newest first. A page can hold fewer than its limit, even none, and have a next
 * one. Throws Refusal invalid_input for a limit or cursor that is none.
 */
export async function listFollowUps(
  deps: ApprovalsDeps,
  caller: Caller,
  input: ListFollowUpsInput = {},
): Promise<Page<FollowUpView>> {
  const limit = checkedLimit(input.limit);
  const before = input.cursor === undefined ? null : decodeCursor(input.cursor, 'fup');
  const catalog = deps.catalog();
  const now = deps.clock();
  const where = and(
    input.state === undefined ? undefined : eq(followUps.state, input.state),
    input.mine === true ? eq(followUps.owedBy, caller.personId) : undefined,
    input.toDo === true ? and(ne(followUps.state, 'done'), ne(followUps.owedBy, caller.personId)) : undefined,
  );
  return readSnapshot(deps.db, async (queries) => {
    const viewer = await viewerOf(queries, { catalog, now, onCall: deps.onCall() }, caller);
    const visible = and(perhapsVisibleTo(catalog, viewer), where);
    return readVisiblePage({ after: before, limit }, async (after) => {
      const { views, last } = await readBatch(queries, {
        catalog,
        viewer,
        now,
        where: visible,
        after,
        limit,
      });
      return { views: input.toDo === true ? views.filter(({ mayFinish }) => mayFinish) : views, last };
    });
  });
}

interface Wanted {
  readonly catalog: Catalog;
  readonly viewer: Viewer;
  readonly now: Date;
  readonly where: SQL | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** The next follow-ups that may be seen, and the id up to which was looked; null: there are no more. */
async function readBatch(
  queries: Queries,
  { catalog, viewer, now, where, after, limit }: Wanted,
): Promise<Batch<FollowUpView>> {
  const rows = await queries
    .select({ row: followUps })
    .from(followUps)
    .innerJoin(requests, eq(requests.id, followUps.requestId))
    .where(and(where, after === null ? undefined : lt(followUps.id, after)))
    .orderBy(desc(followUps.id))
    .limit(limit + 1);
  const ids = [...new Set(rows.map(({ row }) => row.requestId))];
  const about = ids.length === 0 ? [] : await findRequests(queries, inArray(requests.id, ids));
  const visible = rows.flatMap(({ row }): StoredFollowUp[] => {
    const request = about.find((one) => one.row.id === row.requestId);
    return request !== undefined && canSee(askedOf(request), catalog, viewer) ? [{ row, request }] : [];
  });
  const names = await namesIn(
    queries,
    visible.map(({ row }) => row),
  );
  return {
    views: visible.map((one) => toFollowUpView(one, names, catalog, viewer, now)),
    last: rows.length > limit ? (rows.at(-1)?.row.id ?? null) : null,
  };
}
