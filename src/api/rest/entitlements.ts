import { Type as T } from 'typebox';
import { explainEntitlement } from '../../approvals/explain-entitlement.ts';
import { getOffer } from '../../approvals/get-offer.ts';
import { findOffers } from '../../approvals/find-offers.ts';
import { listBundles, listOffers } from '../../approvals/list-offers.ts';
import { callerOf } from '../authentication.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { Entitlement, EntitlementId, EntitlementPage } from './schemas/entitlement.ts';
import { ExplainParameters, Explanation } from './schemas/explanation.ts';
import { FindAnswer } from './schemas/find.ts';
import { query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

export function entitlementRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/entitlements',
    {
      config: { operation: 'listEntitlements' },
      schema: {
        tags: ['entitlements'],
        summary: 'What I may ask for, on what terms, and who would be asked',
        querystring: query({}),
        response: { 200: ref(EntitlementPage) },
      },
    },
    async (request) => ({
      items: await inTurn(request, (caller) => listOffers(deps.approvals, caller)),
      bundles: await listBundles(deps.approvals, callerOf(request)),
      next: null,
    }),
  );
  app.get(
    '/v1/find',
    {
      config: { operation: 'findEntitlements' },
      schema: {
        tags: ['entitlements'],
        summary: 'Which entitlement lets an action through, the narrowest first',
        description:
          'Among those the caller may know of. What a role allows is written in AWS: where the catalog does not say it, the answer is `may-allow`.',
        querystring: query({
          action: T.String({ minLength: 1, maxLength: 200, description: 'Such as `s3:PutObject`.' }),
          account: T.Optional(
            T.String({ minLength: 1, maxLength: 100, description: 'Id or name of an account.' }),
          ),
          resource: T.Optional(
            T.String({ minLength: 1, maxLength: 1000, description: 'ARN of one resource.' }),
          ),
        }),
        response: { 200: ref(FindAnswer) },
      },
    },
    async (request) => findOffers(deps.approvals, callerOf(request), request.query),
  );
  app.get(
    '/v1/entitlements/:id',
    {
      config: { operation: 'getEntitlement' },
      schema: {
        tags: ['entitlements'],
        summary: 'One thing that I may ask for',
        description: 'The id is URL-encoded: `prod%2Fadmin`.',
        params: T.Object({ id: EntitlementId }),
        response: { 200: ref(Entitlement) },
        problems: { 404: 'There is none, or it is not for the caller to see.' },
      },
    },
    (request) => getOffer(deps.approvals, callerOf(request), request.params.id),
  );
  app.get(
    '/v1/entitlements/:id/explanation',
    {
      config: { operation: 'explainEntitlement' },
      schema: {
        tags: ['entitlements'],
        summary: 'Why somebody would get an entitlement or not: the whole chain of reasons',
        description:
          'Of oneself; operators and auditors may ask for others, and for what they may not ask for themselves.',
        params: T.Object({ id: EntitlementId }),
        querystring: query(ExplainParameters),
        response: { 200: ref(Explanation) },
        problems: { 404: 'There is no such entitlement or person, or they are not for the caller to see.' },
      },
    },
    (request) =>
      explainEntitlement(deps.approvals, callerOf(request), { ...request.params, ...request.query }),
  );
}
