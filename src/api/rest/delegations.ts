import { Type as T } from 'typebox';
import { createDelegation } from '../../approvals/create-delegation.ts';
import { endDelegation } from '../../approvals/end-delegation.ts';
import { listDelegations } from '../../approvals/list-delegations.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { inTurn } from '../in-turn.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { Delegation, DelegationId, DelegationInput, DelegationPage } from './schemas/delegation.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

/** Rights to answer that are handed to somebody else for a while. */
export function delegationRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/delegations',
    {
      config: { operation: 'createDelegation' },
      schema: {
        tags: ['requests'],
        summary: 'Hand my right to answer to somebody else for a while',
        description:
          'To somebody whom `delegates` of a step that I may answer names. Needs a multi-factor sign-in of the last 15 minutes. What was handed to me I cannot hand on.',
        body: ref(DelegationInput),
        response: { 201: ref(Delegation) },
        problems: { 409: 'I have handed my right over too many times already.' },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createDelegation(deps.approvals, callerOf(request), request.body)),
  );
  app.get(
    '/v1/delegations',
    {
      config: { operation: 'listDelegations' },
      schema: {
        tags: ['requests'],
        summary: 'Rights that I handed over and that were handed to me, newest first',
        querystring: query({
          all: T.Optional(T.Boolean({ description: "Everybody's; for operators and auditors." })),
          standing: T.Optional(T.Boolean({ description: 'Only those that go on or are still to come.' })),
          ...pageParameters,
        }),
        response: { 200: ref(DelegationPage) },
      },
    },
    (request) => inTurn(request, (caller) => listDelegations(deps.approvals, caller, request.query)),
  );
  app.post(
    '/v1/delegations/:id/end',
    {
      config: { operation: 'endDelegation' },
      preValidation: optionalBody,
      schema: {
        tags: ['requests'],
        summary: 'End a delegation before its time',
        description:
          'Whose right it is, to whom it was handed, and operators. What was answered by it until then stands.',
        params: T.Object({ id: DelegationId }),
        body: noInput,
        response: { 200: ref(Delegation) },
        problems: { 404: 'There is none, or it is not for the caller to see.', 409: 'It is over already.' },
      },
    },
    (request) => endDelegation(deps.approvals, callerOf(request), { id: request.params.id }),
  );
}
