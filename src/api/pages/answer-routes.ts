import type { FastifyRequest } from 'fastify';
import { Type as T } from 'typebox';
import { commentOnRequest } from '../../approvals/comment-on-request.ts';
import type { Narrowing } from '../../approvals/narrow.ts';
import { reviewRequest } from '../../approvals/review-request.ts';
import { withdrawReview } from '../../approvals/withdraw-review.ts';
import { Refusal } from '../../refusal.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { Decision, RequestId } from '../rest/schemas/request.ts';
import type { TypedApp } from '../typed.ts';
import { prefilled, secondsOf } from './form-values.ts';

const closed = { additionalProperties: false };
const token = { [formTokenField]: T.String() } as const;
const params = T.Object({ id: RequestId });
const requestPage = (request: FastifyRequest) => `/requests/${(request.params as { id: string }).id}`;

/** A box that is ticked comes as text, several as a list. */
export const ticked = T.Optional(
  T.Union([T.String({ maxLength: 300 }), T.Array(T.String({ maxLength: 300 }), { maxItems: 50 })]),
);
// Longer than what is accepted in the end, so that too much comes back with a word about it.
export const words = T.Optional(T.String({ maxLength: 5_000 }));
export const length = T.Optional(T.String({ maxLength: 40 }));

/** The forms by which a request is answered and talked about. */
export function answerPages(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/requests/:id/review',
    {
      config: {
        operation: 'sendReview',
        comeBackTo: (request) =>
          prefilled(requestPage(request), ['comment', 'duration', 'only'], request.body),
      },
      schema: {
        hide: true,
        params,
        body: T.Object(
          {
            ...token,
            digest: T.String({ maxLength: 100 }),
            decision: Decision,
            comment: words,
            duration: length,
            askedDuration: length,
            only: ticked,
            parts: T.Optional(T.String({ pattern: '^[0-9]{1,3}$' })),
          },
          closed,
        ),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { decision, digest, comment, ...form } = request.body;
      const narrow = decision === 'approve' ? narrowing(form) : null;
      await reviewRequest(deps.approvals, callerOf(request), {
        id,
        decision,
        digest,
        comment: comment ?? null,
        ...(narrow === null ? {} : { narrow }),
      });
      return reply.redirect(`/requests/${id}`, 303);
    },
  );
  app.post(
    '/requests/:id/comment',
    {
      config: {
        operation: 'sendComment',
        comeBackTo: (request) => prefilled(requestPage(request), ['text'], request.body),
      },
      schema: {
        hide: true,
        params,
        body: T.Object({ ...token, text: words, as: T.Enum(['comment', 'question']) }, closed),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { text = '', as } = request.body;
      await commentOnRequest(deps.approvals, callerOf(request), { id, text, question: as === 'question' });
      return reply.redirect(`/requests/${id}`, 303);
    },
  );
  app.post(
    '/requests/:id/withdraw',
    {
      config: { operation: 'sendWithdraw', comeBackTo: requestPage },
      schema: { hide: true, params, body: T.Object(token, closed) },
    },
    async (request, reply) => {
      const { id } = request.params;
      await withdrawReview(deps.approvals, callerOf(request), { id });
      return reply.redirect(`/requests/${id}`, 303);
    },
  );
}

interface NarrowForm {
  readonly duration?: string;
  /** What the form said was asked for. */
  readonly askedDuration?: string;
  readonly only?: string | string[];
  /** How many boxes the form had. */
  readonly parts?: string;
}

/** What the form takes away; null when nothing. */
function narrowing({ duration, askedDuration, only, parts }: NarrowForm): Narrowing | null {
  const shorter =
    duration === undefined || duration.trim() === '' || duration === askedDuration
      ? null
      : secondsOf(duration);
  const left = only === undefined ? [] : [only].flat();
  if (parts !== undefined && left.length === 0) {
    throw new Refusal('invalid_input', 'Tick what you approve, or deny all of it.');
  }
  const narrow = {
    ...(shorter === null ? {} : { durationSeconds: shorter }),
    ...(left.length < Number(parts ?? 0) ? { entitlements: left } : {}),
  };
  return Object.keys(narrow).length === 0 ? null : narrow;
}
