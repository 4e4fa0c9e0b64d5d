import { Type as T } from 'typebox';
import { finishFollowUp } from '../../approvals/finish-follow-up.ts';
import { listFollowUps } from '../../approvals/list-follow-ups.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { inTurn } from '../in-turn.ts';
import type { TypedApp } from '../typed.ts';
import { FollowUp, FollowUpId, FollowUpInput, FollowUpPage, FollowUpState } from './schemas/follow-up.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

/** What others are to look at after somebody broke the glass. */
export function followUpRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/follow-ups',
    {
      config: { operation: 'listFollowUps' },
      schema: {
        tags: ['requests'],
        summary: 'Uses of break-glass that somebody else looks at, newest first',
        description: 'Those of requests that I may see.',
        querystring: query({
          state: T.Optional(FollowUpState),
          mine: T.Optional(T.Boolean({ description: 'Only those of my own use.' })),
          toDo: T.Optional(T.Boolean({ description: 'Only those that I may look at now.' })),
          ...pageParameters,
        }),
        response: { 200: ref(FollowUpPage) },
      },
    },
    (request) => inTurn(request, (caller) => listFollowUps(deps.approvals, caller, request.query)),
  );
  app.post(
    '/v1/follow-ups/:id/done',
    {
      config: { operation: 'finishFollowUp' },
      schema: {
        tags: ['requests'],
        summary: 'Say what I found when I looked at a use of break-glass',
        description:
          'For those whom the catalog names, with a second factor; never for whoever used it. Also late.',
        params: T.Object({ id: FollowUpId }),
        body: ref(FollowUpInput),
        response: { 200: ref(FollowUp) },
        problems: {
          404: 'There is none, or it is not for the caller to see.',
          409: 'Somebody has looked at it already.',
        },
      },
    },
    (request) => finishFollowUp(deps.approvals, callerOf(request), { ...request.body, ...request.params }),
  );
}
