import { Type as T } from 'typebox';
import { listBoundaries } from '../../broker/list-boundaries.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { BoundaryPage } from './schemas/boundary.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

/** How the denying of ended grants stands, account by account. */
export function boundaryRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/boundaries',
    {
      config: { operation: 'listBoundaries' },
      schema: {
        tags: ['grants'],
        summary:
          'Accounts in which grants were ended early: what is denied there, and what stands in the way',
        description: 'For operators and auditors. By account id.',
        querystring: query({
          failing: T.Optional(T.Boolean({ description: 'Only those that something stands in the way of.' })),
          ...pageParameters,
        }),
        response: { 200: ref(BoundaryPage) },
      },
    },
    (request) => listBoundaries(deps.ending, callerOf(request), request.query),
  );
}
