import { Type as T } from 'typebox';
import { cancelRequest } from '../../approvals/cancel-request.ts';
import { getRequest } from '../../approvals/get-request.ts';
import { listRequests } from '../../approvals/list-requests.ts';
import { reviewRequest } from '../../approvals/review-request.ts';
import { withdrawReview } from '../../approvals/withdraw-review.ts';
import { submitRequest } from '../../approvals/submit-request.ts';
import { useBreakGlass } from '../../approvals/use-break-glass.ts';
import { callerOf } from '../authentication.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { IdempotencyHeaders, pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';
import {
  Request,
  RequestId,
  RequestInput,
  RequestPage,
  RequestState,
  ReviewInput,
} from './schemas/request.ts';

const params = T.Object({ id: RequestId });
const notFound = 'There is none, or it is not for the caller to see.';

export function requestRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/requests',
    {
      config: { operation: 'submitRequest' },
      schema: {
        tags: ['requests'],
        summary: 'Ask for access',
        description:
          'With `dryRun=true` nothing is written: the answer says what would happen, with `id` null.',
        headers: IdempotencyHeaders,
        querystring: query({ dryRun: T.Optional(T.Boolean()) }),
        body: ref(RequestInput),
        response: { 200: ref(Request), 201: ref(Request) },
        problems: {
          404: 'An entitlement does not exist, or is not for the caller to see.',
          422: 'The same Idempotency-Key was used with another body.',
        },
      },
    },
    async (request, reply) => {
      const dryRun = request.query.dryRun ?? false;
      const { breakGlass, ...body } = request.body;
      const input = { ...body, idempotencyKey: request.headers['idempotency-key'] ?? null, dryRun };
      const view =
        breakGlass === true
          ? await useBreakGlass({ ...deps.approvals, ...deps.breakGlass }, callerOf(request), input)
          : await submitRequest(deps.approvals, callerOf(request), input);
      // A repeated Idempotency-Key answers with the request that was made the first time.
      return reply.code(dryRun || view.replayed ? 200 : 201).send(view);
    },
  );
  app.get(
    '/v1/requests',
    {
      config: { operation: 'listRequests' },
      schema: {
        tags: ['requests'],
        summary: 'Requests that I may see, newest first',
        querystring: query({
          state: T.Optional(RequestState),
          mine: T.Optional(T.Boolean({ description: 'Only my own.' })),
          toReview: T.Optional(T.Boolean({ description: 'Only those that wait for my review.' })),
          ...pageParameters,
        }),
        response: { 200: ref(RequestPage) },
      },
    },
    (request) => inTurn(request, (caller) => listRequests(deps.approvals, caller, request.query)),
  );
  app.get(
    '/v1/requests/:id',
    {
      config: { operation: 'getRequest' },
      schema: {
        tags: ['requests'],
        summary: 'One request',
        params,
        response: { 200: ref(Request) },
        problems: { 404: notFound },
      },
    },
    (request) => getRequest(deps.approvals, callerOf(request), request.params.id),
  );
  app.post(
    '/v1/requests/:id/cancel',
    {
      config: { operation: 'cancelRequest' },
      preValidation: optionalBody,
      schema: {
        tags: ['requests'],
        summary: 'Cancel my pending request',
        params,
        body: noInput,
        response: { 200: ref(Request) },
        problems: { 404: notFound, 409: 'It is decided already.' },
      },
    },
    (request) => cancelRequest(deps.approvals, callerOf(request), { id: request.params.id }),
  );
  app.post(
    '/v1/requests/:id/reviews',
    {
      config: { operation: 'reviewRequest' },
      schema: {
        tags: ['requests'],
        summary: 'Approve or deny exactly what was read',
        params,
        body: ref(ReviewInput),
        response: { 200: ref(Request) },
        problems: {
          404: notFound,
          409: 'It is decided already, or is no longer what the digest stands for: the answer says what changed.',
        },
      },
    },
    (request) => reviewRequest(deps.approvals, callerOf(request), { ...request.body, id: request.params.id }),
  );
  app.post(
    '/v1/requests/:id/withdraw',
    {
      config: { operation: 'withdrawReview' },
      preValidation: optionalBody,
      schema: {
        tags: ['requests'],
        summary: 'Take back my answer',
        description:
          'While the request is pending, and once it is approved for as long as no access was made: then its grants end before they begin.',
        params,
        body: noInput,
        response: { 200: ref(Request) },
        problems: { 404: notFound, 409: 'It is decided already, or access was made: end the grant instead.' },
      },
    },
    (request) => withdrawReview(deps.approvals, callerOf(request), { id: request.params.id }),
  );
}
