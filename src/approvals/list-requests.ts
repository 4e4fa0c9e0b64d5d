import { and, desc, eq, lt } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { checkedLimit, decodeCursor, encodeCursor } from './cursor.ts';
import type { ApprovalsDeps, Page } from './deps.ts';
import { loadFacts } from './load.ts';
import { readSnapshot } from './snapshot.ts';
import type { RequestState } from './states.ts';
import { type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';
import { awaiting, visibleTo } from './visibility.ts';

export interface ListRequestsInput {
  readonly state?: RequestState | undefined;
  /** Only the caller's own. */
  readonly mine?: boolean | undefined;
  /** Only those that wait for the caller's answer. */
  readonly toReview?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/**
 * Requests that the caller may see, newest first; the same number of queries for any length.
 * Throws Refusal invalid_input for a limit or cursor that is none.
 */
export async function listRequests(
  deps: ApprovalsDeps,
  caller: Caller,
  input: ListRequestsInput = {},
): Promise<Page<RequestView>> {
  const limit = checkedLimit(input.limit);
  const before = input.cursor === undefined ? undefined : decodeCursor(input.cursor);
  const catalog = deps.catalog();
  const viewer = viewerOf(caller);
  const now = deps.clock();
  return readSnapshot(deps.db, async (queries) => {
    const rows = await queries
      .select()
      .from(requests)
      .where(
        and(
          visibleTo(catalog, viewer),
          input.state === undefined ? undefined : eq(requests.state, input.state),
          input.mine === true ? eq(requests.requester, viewer.personId) : undefined,
          input.toReview === true ? awaiting(catalog, viewer, now) : undefined,
          before === undefined ? undefined : lt(requests.id, before),
        ),
      )
      .orderBy(desc(requests.id))
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const facts = await loadFacts(queries, catalog, page, now);
    const last = page.at(-1);
    return {
      items: facts.map((each) => toView(each, catalog, viewer, now)),
      next: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null,
    };
  });
}
