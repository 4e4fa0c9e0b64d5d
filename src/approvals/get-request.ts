import { inArray } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { RequestContent } from './content.ts';
import type { ApprovalsDeps } from './deps.ts';
import { loadFacts } from './load.ts';
import { canSee } from './rights.ts';
import { readSnapshot } from './snapshot.ts';
import { askedOf, type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';

/** One request. Throws Refusal not_found when there is none, or the caller may not see it. */
export async function getRequest(deps: ApprovalsDeps, caller: Caller, id: string): Promise<RequestView> {
  const view = (await getRequests(deps, caller, [id])).get(id);
  if (view === undefined) throw notFound('request');
  return view;
}

/** Those of these requests that the caller may see, by id; the same number of queries for any number of them. */
export async function getRequests(
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
