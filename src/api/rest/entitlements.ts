import { Type as T } from 'typebox';
import { getOffer } from '../../approvals/get-offer.ts';
import { listOffers } from '../../approvals/list-offers.ts';
import { callerOf } from '../authentication.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { Entitlement, EntitlementId, EntitlementPage } from './schemas/entitlement.ts';
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
      next: null,
    }),
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
}
