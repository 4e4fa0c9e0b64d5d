import { Type as T } from 'typebox';
import { answerEligibility } from '../../eligibility/answer-eligibility.ts';
import { getEligibilityReview } from '../../eligibility/get-review.ts';
import { listEligibilityReviews } from '../../eligibility/list-reviews.ts';
import { callerOf } from '../authentication.ts';
import { inTurn } from '../in-turn.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import {
  EligibilityAnswerInput,
  EligibilityItem,
  EligibilityReviewId,
  EligibilityReviewItems,
  EligibilityReviewPage,
} from './schemas/eligibility.ts';
import { pageParameters, query } from './schemas/parameters.ts';
import { ref } from './schemas/ref.ts';

const params = T.Object({ id: EligibilityReviewId });
const notFound = 'There is none, or it is not for the caller to see.';

/** Reviews of who may ask. */
export function eligibilityRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/eligibility-reviews',
    {
      config: { operation: 'listEligibilityReviews' },
      schema: {
        tags: ['eligibility'],
        summary: 'Reviews of who may ask, newest first',
        description:
          'Those of the entitlements that the caller owns; all of them for operators and auditors.',
        querystring: query({
          open: T.Optional(
            T.Boolean({ description: 'Only those that are open, or only those that are not.' }),
          ),
          ...pageParameters,
        }),
        response: { 200: ref(EligibilityReviewPage) },
      },
    },
    (request) => inTurn(request, (caller) => listEligibilityReviews(deps.eligibility, caller, request.query)),
  );
  app.get(
    '/v1/eligibility-reviews/:id',
    {
      config: { operation: 'getEligibilityReview' },
      schema: {
        tags: ['eligibility'],
        summary: 'One review, with who could ask, what they did with it, and what was said',
        params,
        querystring: query({
          unanswered: T.Optional(T.Boolean({ description: 'Only those whom nobody has answered for.' })),
          unused: T.Optional(T.Boolean({ description: 'Only those who have not used it for long.' })),
          ...pageParameters,
        }),
        response: { 200: ref(EligibilityReviewItems) },
        problems: { 404: notFound },
      },
    },
    (request) =>
      inTurn(request, (caller) =>
        getEligibilityReview(deps.eligibility, caller, { ...request.query, id: request.params.id }),
      ),
  );
  app.post(
    '/v1/eligibility-reviews/:id/answers',
    {
      config: { operation: 'answerEligibility' },
      schema: {
        tags: ['eligibility'],
        summary: 'Say as an owner whether somebody may go on asking',
        description:
          'It holds at once, and until an owner says otherwise; also when the review is closed, in the newest one of an entitlement. Nobody answers for themselves.',
        params,
        body: ref(EligibilityAnswerInput),
        response: { 200: ref(EligibilityItem) },
        problems: { 404: notFound, 409: 'There is a newer review: the answer says which.' },
      },
    },
    (request) =>
      answerEligibility(deps.eligibility, callerOf(request), { ...request.body, id: request.params.id }),
  );
}
