import type { Catalog } from '../catalog/types.ts';
import { and, eq, lt, or, type SQL } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { checkedLimit, decodeCursor } from './cursor.ts';
import type { ApprovalsDeps, Page } from './deps.ts';
import { loadFacts } from './load.ts';
import { canSee, type Viewer } from './rights.ts';
import { readSnapshot } from './snapshot.ts';
import type { RequestState } from './states.ts';
import { askedOf, findRequests } from './stored-request.ts';
import { type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';
import { perhapsAwaiting, perhapsVisibleTo } from './visibility.ts';
import { type Batch, readVisiblePage } from './visible-page.ts';
import type { Moment } from './waiting.ts';

export interface ListRequestsInput {
  readonly state?: RequestState | undefined;
  /** Only those that are the caller's own access, or that they asked for. */
  readonly mine?: boolean | undefined;
  /** Only those that wait for the caller's answer. */
  readonly toReview?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/**
 * Requests that the caller may see, newest first. A page can hold fewer than its limit, even none, and have a next one.
 * Throws Refusal invalid_input for a limit or cursor that is none.
 */
export async function listRequests(
  deps: ApprovalsDeps,
  caller: Caller,
  input: ListRequestsInput = {},
): Promise<Page<RequestView>> {
  const limit = checkedLimit(input.limit);
  const before = input.cursor === undefined ? null : decodeCursor(input.cursor);
  const catalog = deps.catalog();
  const moment = { catalog, now: deps.clock(), onCall: deps.onCall() };
  const chosen = and(
    input.state === undefined ? undefined : eq(requests.state, input.state),
    input.mine === true
      ? or(eq(requests.requester, caller.personId), eq(requests.askedBy, caller.personId))
      : undefined,
    input.toReview === true ? perhapsAwaiting(caller, moment.now) : undefined,
  );
  return readSnapshot(deps.db, async (queries) => {
    const viewer = await viewerOf(queries, moment, caller);
    const where = and(perhapsVisibleTo(catalog, viewer), chosen);
    return readVisiblePage({ after: before, limit }, async (after) => {
      const { views, last } = await readBatch(queries, { catalog, viewer, moment, where, after, limit });
      return { views: input.toReview === true ? views.filter(({ mayReview }) => mayReview) : views, last };
    });
  });
}

interface Wanted {
  readonly catalog: Catalog;
  readonly viewer: Viewer;
  readonly moment: Moment;
  readonly where: SQL | undefined;
  readonly after: string | null;
  readonly limit: number;
}

/** The next requests that may be seen, and the id up to which was looked; null: there are no more. */
async function readBatch(
  queries: Queries,
  { catalog, viewer, moment, where, after, limit }: Wanted,
): Promise<Batch<RequestView>> {
  const rows = await findRequests(
    queries,
    and(where, after === null ? undefined : lt(requests.id, after)),
    limit + 1,
  );
  const visible = rows.filter((request) => canSee(askedOf(request), catalog, viewer));
  const facts = await loadFacts(queries, visible, moment);
  return {
    views: facts.map((each) => toView(each, catalog, viewer, moment.now)),
    last: rows.length > limit ? (rows.at(-1)?.row.id ?? null) : null,
  };
}
