import type { Work } from '../audit/unit-of-work.ts';
import type { Catalog } from '../catalog/types.ts';
import { loadFacts } from './load.ts';
import type { OnCallNow } from './on-call.ts';
import type { Viewer } from './rights.ts';
import type { StoredRequest } from './stored-request.ts';
import { type RequestView, toView } from './view.ts';

/** The view of one request, as it is at the end of the transaction that changes it. */
export async function viewOf(
  work: Work,
  request: StoredRequest,
  catalog: Catalog,
  viewer: Viewer,
  onCall: OnCallNow,
): Promise<RequestView> {
  const [facts] = await loadFacts(work.queries, [request], { catalog, now: work.now, onCall });
  if (facts === undefined) throw new Error('a request must be loaded to be shown');
  return toView(facts, catalog, viewer, work.now);
}
