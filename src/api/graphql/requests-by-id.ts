import { inArray } from 'drizzle-orm';
import type { RequestContent } from '../../approvals/content.ts';
import type { ApprovalsDeps } from '../../approvals/deps.ts';
import { loadFacts } from '../../approvals/load.ts';
import { canSee } from '../../approvals/rights.ts';
import { readSnapshot } from '../../approvals/snapshot.ts';
import { askedOf, type RequestView, toView } from '../../approvals/view.ts';
import { viewerOf } from '../../approvals/viewer.ts';
import { requests } from '../../db/schema.ts';
import type { Caller } from '../../identity/caller.ts';

/** The requests with these ids that the caller may see, by id; the same number of queries for any number of them. */
export async function requestsById(
  deps: ApprovalsDeps,
  caller: Caller,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RequestView>> {
  const catalog = deps.catalog();
  const viewer = viewerOf(caller);
  const now = deps.clock();
  return readSnapshot(deps.db, async (queries) => {
    const rows = await queries
      .select()
      .from(requests)
      .where(inArray(requests.id, [...new Set(ids)]));
    const visible = rows.filter((row) =>
      canSee(askedOf({ ...row, content: row.content as RequestContent }), catalog, viewer),
    );
    const facts = await loadFacts(queries, catalog, visible, now);
    return new Map(facts.map((each) => [each.id, toView(each, catalog, viewer, now)]));
  });
}
