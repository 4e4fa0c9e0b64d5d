import { GraphQLError } from 'graphql/index.js';
import { askToExtend } from '../../approvals/ask-to-extend.ts';
import { cancelRequest } from '../../approvals/cancel-request.ts';
import { createDelegation } from '../../approvals/create-delegation.ts';
import { endDelegation } from '../../approvals/end-delegation.ts';
import { finishFollowUp } from '../../approvals/finish-follow-up.ts';
import { commentOnRequest } from '../../approvals/comment-on-request.ts';
import { findOffers } from '../../approvals/find-offers.ts';
import { getInsight } from '../../approvals/get-insight.ts';
import { getOffer } from '../../approvals/get-offer.ts';
import { getRequest } from '../../approvals/get-request.ts';
import { listBundles, listOffers } from '../../approvals/list-offers.ts';
import { listDelegations } from '../../approvals/list-delegations.ts';
import { listFollowUps } from '../../approvals/list-follow-ups.ts';
import { listRequests } from '../../approvals/list-requests.ts';
import { reviewRequest } from '../../approvals/review-request.ts';
import { maxWords, type SubmitInput } from '../../approvals/submission.ts';
import { submitRequest } from '../../approvals/submit-request.ts';
import { useBreakGlass } from '../../approvals/use-break-glass.ts';
import { withdrawReview } from '../../approvals/withdraw-review.ts';
import { optionalWords } from '../../approvals/wording.ts';
import { listAuditEvents } from '../../audit/list.ts';
import { endGrant } from '../../broker/end-grant.ts';
import { getGrant } from '../../broker/get-grant.ts';
import { listGrants } from '../../broker/list-grants.ts';
import { answerEligibility } from '../../eligibility/answer-eligibility.ts';
import { getEligibilityReview } from '../../eligibility/get-review.ts';
import { listEligibilityReviews } from '../../eligibility/list-reviews.ts';
import { getMe } from '../../identity/me.ts';
import type { ApiDeps } from '../deps.ts';
import { Refusal } from '../../refusal.ts';
import type { OptionInput, Resolvers } from './types.generated.ts';

/** Every field that runs a use case. Who may call it is in the authorisation table, put in front by guardFields. */
export function resolvers(deps: ApiDeps) {
  return {
    Query: {
      me: (_root, _args, { caller }) => getMe(deps.identity, caller),
      entitlements: (_root, _args, { caller }) => listOffers(deps.approvals, caller),
      entitlement: (_root, { id }, { caller }) => getOffer(deps.approvals, caller, id),
      bundles: (_root, _args, { caller }) => listBundles(deps.approvals, caller),
      find: (_root, args, { caller }) => findOffers(deps.approvals, caller, given(args)),
      requests: (_root, args, { caller }) => listRequests(deps.approvals, caller, given(args)),
      request: (_root, { id }, { caller }) => getRequest(deps.approvals, caller, id),
      delegations: (_root, args, { caller }) => listDelegations(deps.approvals, caller, given(args)),
      followUps: (_root, args, { caller }) => listFollowUps(deps.approvals, caller, given(args)),
      insight: (_root, { id }, { caller }) => getInsight(deps.approvals, caller, id),
      grants: (_root, args, { caller }) => listGrants(deps.broker, caller, given(args)),
      grant: (_root, { id }, { caller }) => getGrant(deps.broker, caller, { grantId: id }),
      eligibilityReviews: (_root, args, { caller }) =>
        listEligibilityReviews(deps.eligibility, caller, given(args)),
      eligibilityReview: (_root, { id, ...args }, { caller }) =>
        getEligibilityReview(deps.eligibility, caller, { ...given(args), id }),
      auditEvents: (_root, args, { caller }) => listAuditEvents(deps.audit, caller, given(args)),
    },
    Mutation: {
      submitRequest: (_root, { input: { breakGlass, ...rest } }, { caller }) => {
        const input = {
          ...given(rest),
          options: optionsOf(rest.options ?? []),
          dryRun: rest.dryRun ?? false,
        };
        return breakGlass === true
          ? useBreakGlass({ ...deps.approvals, ...deps.breakGlass }, caller, input)
          : submitRequest(deps.approvals, caller, input);
      },
      cancelRequest: (_root, { id }, { caller }) => cancelRequest(deps.approvals, caller, { id }),
      reviewRequest: (_root, { narrow, comment, ...review }, { caller }) =>
        reviewRequest(deps.approvals, caller, {
          ...review,
          comment: comment ?? null,
          ...(narrow === null || narrow === undefined ? {} : { narrow: given(narrow) }),
        }),
      withdrawReview: (_root, { id }, { caller }) => withdrawReview(deps.approvals, caller, { id }),
      createDelegation: (_root, { input }, { caller }) =>
        createDelegation(deps.approvals, caller, given(input)),
      endDelegation: (_root, { id }, { caller }) => endDelegation(deps.approvals, caller, { id }),
      finishFollowUp: (_root, { id, justified, comment }, { caller }) =>
        finishFollowUp(deps.approvals, caller, {
          id,
          verdict: justified ? 'justified' : 'not-justified',
          comment,
        }),
      commentOnRequest: (_root, { id, text: words, question }, { caller }) =>
        commentOnRequest(deps.approvals, caller, { id, text: words, question: question ?? false }),
      extendGrant: (_root, { input }, { caller }) => {
        const { id, ...rest } = input;
        return askToExtend(deps.approvals, caller, { ...given(rest), grantId: id });
      },
      answerEligibility: (_root, args, { caller }) => answerEligibility(deps.eligibility, caller, args),
      endGrant: (_root, { id, because }, { caller }) =>
        endGrant(deps.ending, caller, {
          grantId: id,
          because: optionalWords('because', because, maxWords),
        }),
    },
    Grant: {
      requestId: (grant) => grant.request,
    },
  } satisfies Resolvers;
}

/** How scalars and enums that GraphQL cannot spell are written. */
export const spellings = {
  AssuranceLevel: { serialize: spelled },
  TargetKind: { serialize: spelled },
  Certainty: { serialize: spelled },
  DateTime: { parseValue: text, serialize: text },
};

// GraphQL has no maps, so that an entitlement or a parameter could stand in the list twice.
function optionsOf(options: readonly OptionInput[]): NonNullable<SubmitInput['options']> {
  return keyed(
    options.map(({ entitlement, choice, parameters }) => [
      entitlement,
      { choice, parameters: keyed((parameters ?? []).map(({ name, value }) => [name, value])) },
    ]),
  );
}

function keyed<T>(pairs: readonly (readonly [string, T])[]): Record<string, T> {
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) {
    throw new Refusal('invalid_input', 'options must not name the same entitlement or parameter twice.');
  }
  return Object.fromEntries(pairs);
}

type Given<T> = { [K in keyof T]: Exclude<T[K], null | undefined> };

// GraphQL clients send null for what they leave out.
function given<T extends object>(args: T): Given<T> {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== null && value !== undefined),
  ) as Given<T>;
}

function spelled(value: unknown): string {
  return String(value).toUpperCase().replaceAll('-', '_');
}

function text(value: unknown): string {
  if (typeof value !== 'string')
    throw new GraphQLError('A time must be text such as "2026-11-22T09:30:00Z".');
  return value;
}
