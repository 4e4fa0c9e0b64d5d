import type { MercuriusLoaders } from 'mercurius';
import type { GrantView } from '../../broker/view.ts';
import type { ApiDeps } from '../deps.ts';
import type { Turns } from '../turns.ts';
import type { GraphContext } from './context.ts';
import { getRequests } from '../../approvals/get-request.ts';

/** Edges between objects: one use case for all of an answer's edges of a kind, never one for each. */
export function loaders(deps: ApiDeps, turns: Turns): MercuriusLoaders {
  return {
    Grant: {
      async request(queries, context: GraphContext) {
        const ids = queries.map(({ obj }) => (obj as GrantView).request);
        const found = await turns.run(context.caller.personId, () =>
          getRequests(deps.approvals, context.caller, ids),
        );
        return ids.map((id) => found.get(id) ?? null);
      },
    },
  };
}
