import { Type as T } from 'typebox';
import { commentOnRequest } from '../../approvals/comment-on-request.ts';
import { getInsight } from '../../approvals/get-insight.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { Insight } from './schemas/insight.ts';
import { ref } from './schemas/ref.ts';
import { CommentInput, Request, RequestId } from './schemas/request.ts';

const params = T.Object({ id: RequestId });
const notFound = 'There is none, or it is not for the caller to see.';

/** What goes back and forth about a request before it is answered. */
export function answeringRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/requests/:id/comments',
    {
      config: { operation: 'commentOnRequest' },
      schema: {
        tags: ['requests'],
        summary: 'Say something about a pending request, or ask back',
        description:
          'For those whom it is about and those who may answer it. A question stays open until one of those whom it is about comments.',
        params,
        body: ref(CommentInput),
        response: { 201: ref(Request) },
        problems: { 404: notFound, 409: 'It is decided already, or has 100 comments.' },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id };
      return reply.code(201).send(await commentOnRequest(deps.approvals, callerOf(request), input));
    },
  );
  app.get(
    '/v1/requests/:id/insight',
    {
      config: { operation: 'getInsight' },
      schema: {
        tags: ['requests'],
        summary: 'What a request is to be judged by',
        description:
          'How its requester used the same before, what it can do, and what would be less. For those who may answer it now, operators and auditors.',
        params,
        response: { 200: ref(Insight) },
        problems: { 404: notFound, 409: 'It is decided already: operators and auditors still see this.' },
      },
    },
    (request) => getInsight(deps.approvals, callerOf(request), request.params.id),
  );
}
