import { Type as T } from 'typebox';
import { askToExtend } from '../../approvals/ask-to-extend.ts';
import { maxWords } from '../../approvals/submission.ts';
import { optionalWords } from '../../approvals/wording.ts';
import { endGrant } from '../../broker/end-grant.ts';
import { getGrant } from '../../broker/get-grant.ts';
import { listGrants } from '../../broker/list-grants.ts';
import { callerOf } from '../authentication.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { IdempotencyHeaders } from './schemas/parameters.ts';
import { optionalBody } from './optional-body.ts';
import { EntitlementId } from './schemas/entitlement.ts';
import { EndGrantInput, ExtendGrantInput, Grant, GrantId, GrantPage } from './schemas/grant.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';
import { GrantState, Request, RequestId } from './schemas/request.ts';

const params = T.Object({ id: GrantId });
const notFound = 'There is none, or it is not for the caller to see.';

export function grantRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/grants',
    {
      config: { operation: 'listGrants' },
      schema: {
        tags: ['grants'],
        summary: 'Grants that I may see, newest first',
        querystring: query({
          request: T.Optional(RequestId),
          entitlement: T.Optional(EntitlementId),
          state: T.Optional(GrantState),
          stillLive: T.Optional(T.Boolean({ description: 'Only those that can still be used, or will be.' })),
          mine: T.Optional(T.Boolean({ description: 'Only my own.' })),
          ...pageParameters,
        }),
        response: { 200: ref(GrantPage) },
      },
    },
    (request) => inTurn(request, (caller) => listGrants(deps.broker, caller, request.query)),
  );
  app.get(
    '/v1/grants/:id',
    {
      config: { operation: 'getGrant' },
      schema: {
        tags: ['grants'],
        summary: 'One grant',
        params,
        response: { 200: ref(Grant) },
        problems: { 404: notFound },
      },
    },
    (request) => getGrant(deps.broker, callerOf(request), { grantId: request.params.id }),
  );
  app.post(
    '/v1/grants/:id/extend',
    {
      config: { operation: 'extendGrant' },
      schema: {
        tags: ['grants'],
        summary: 'Ask for more time under my live grant',
        description:
          'Makes a request for the same entitlement, answered by the same rules; approved, the grant ends later. With `dryRun=true` nothing is written.',
        params,
        headers: IdempotencyHeaders,
        querystring: query({ dryRun: T.Optional(T.Boolean()) }),
        body: ref(ExtendGrantInput),
        response: { 200: ref(Request), 201: ref(Request) },
        problems: {
          404: notFound,
          409: 'It has ended, or the rules have changed since it was given.',
          422: 'The same Idempotency-Key was used with another body.',
        },
      },
    },
    async (request, reply) => {
      const dryRun = request.query.dryRun ?? false;
      const view = await askToExtend(deps.approvals, callerOf(request), {
        ...request.body,
        grantId: request.params.id,
        idempotencyKey: request.headers['idempotency-key'] ?? null,
        dryRun,
      });
      return reply.code(dryRun || view.replayed ? 200 : 201).send(view);
    },
  );
  app.post(
    '/v1/grants/:id/end',
    {
      config: { operation: 'endGrant' },
      preValidation: optionalBody,
      schema: {
        tags: ['grants'],
        summary: 'End a grant early: my own, one that I approved or may approve, or any as an operator',
        params,
        body: ref(EndGrantInput),
        response: { 200: ref(Grant) },
        problems: { 404: notFound, 409: 'It has ended already.' },
      },
    },
    (request) =>
      endGrant(deps.ending, callerOf(request), {
        grantId: request.params.id,
        because: optionalWords('because', request.body.because, maxWords),
      }),
  );
}
