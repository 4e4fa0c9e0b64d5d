import { inArray } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { ApprovalsDeps } from './deps.ts';
import { loadFacts } from './load.ts';
import { canSee } from './rights.ts';
import { readSnapshot } from './snapshot.ts';
import { askedOf, findRequests } from './stored-request.ts';
import { type RequestView, toView } from './view.ts';
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
  const moment = { catalog, now: deps.clock(), onCall: deps.onCall() };
  return readSnapshot(deps.db, async (queries) => {
    const viewer = await viewerOf(queries, moment, caller);
    const found = await findRequests(queries, inArray(requests.id, [...new Set(ids)]));
    const visible = found.filter((request) => canSee(askedOf(request), catalog, viewer));
    const facts = await loadFacts(queries, visible, moment);
    return new Map(facts.map((each) => [each.request.row.id, toView(each, catalog, viewer, moment.now)]));
  });
}
