import { Type as T } from 'typebox';
import { maxEntitlements, maxWords, minDurationSeconds } from '../../../approvals/submission.ts';
import { conditions, pickedChoice } from './choice.ts';
import { Account, Approvers, TargetKind } from './entitlement.ts';
import {
  choiceNamePattern,
  idPattern,
  maxIdLength,
  maxNameLength,
  parameterNamePattern,
} from './entitlement-id.ts';
import { Person, personIdPattern } from './person.ts';
import { instant, named, nullable, nullableInstant, ref, seconds } from './ref.ts';

export const RequestId = T.String({
  pattern: '^req_[0-9a-hjkmnp-tv-z]{26}$',
  description: 'the id of a request: req_ and 26 characters',
});
export const requestStates = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
export const RequestState = T.Enum([...requestStates]);
export const grantStates = ['scheduled', 'activating', 'active', 'failed', 'ending', 'ended'] as const;
export const GrantState = T.Enum([...grantStates]);
export const Decision = T.Enum(['approve', 'deny']);

// The id of an entitlement, or the name of a bundle: the same without a slash.
const Asked = T.String({
  maxLength: maxIdLength,
  pattern: idPattern.replace(/\+\$$/, '*$'),
  description: 'the id of an entitlement, a path in lower case such as prod/admin; or the name of a bundle',
});

const Option = named(
  'Option',
  T.Object(
    {
      choice: T.String({
        maxLength: maxNameLength,
        pattern: choiceNamePattern,
        description: 'the name of one of its choices',
      }),
      parameters: T.Optional(
        T.Record(T.String(), T.String({ maxLength: 512 }), {
          propertyNames: { pattern: parameterNamePattern, maxLength: maxNameLength },
          maxProperties: 5,
          description: 'a value for each parameter of the choice',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const RequestInput = named(
  'RequestInput',
  T.Object(
    {
      entitlements: T.Array(Asked, { minItems: 1, maxItems: maxEntitlements, uniqueItems: true }),
      options: T.Optional(
        T.Record(T.String(), ref(Option), {
          propertyNames: { pattern: idPattern, maxLength: maxIdLength },
          maxProperties: maxEntitlements,
          description:
            'What entitlements are narrowed to, by id; one that is not here is asked for as a whole.',
        }),
      ),
      durationSeconds: T.Integer({
        minimum: minDurationSeconds,
        maximum: 43_200,
        description: 'How long, in seconds.',
      }),
      for: T.Optional(
        T.Unsafe<string | null>({
          type: ['string', 'null'],
          // The id comes first: what is no id must look like an address.
          pattern: `${personIdPattern}|^[^\\s@\\p{C}]+@[^\\s@\\p{C}]+$`,
          maxLength: 320,
          description:
            'The colleague whose access it is: an id, or the exact email address of one person; left out: my own.',
        }),
      ),
      breakGlass: T.Optional(
        T.Boolean({
          description:
            'Take it at once, without asking anybody: for those whom the catalog names. Everybody concerned is told, and somebody else looks at it afterwards.',
        }),
      ),
      reason: T.String({
        minLength: 1,
        maxLength: maxWords,
        description: 'Why. Approvers and auditors read it.',
      }),
      ticket: T.Optional(T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
      startAt: T.Optional(
        T.Unsafe<string | null>({
          type: ['string', 'null'],
          format: 'date-time',
          maxLength: 40,
          description: 'When to start; left out: as soon as it is approved.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

const Narrowing = named(
  'Narrowing',
  T.Object(
    {
      durationSeconds: T.Optional(
        T.Integer({ minimum: minDurationSeconds, maximum: 43_200, description: 'Less time, in seconds.' }),
      ),
      entitlements: T.Optional(
        T.Array(T.String({ maxLength: maxIdLength, pattern: idPattern }), {
          minItems: 1,
          maxItems: maxEntitlements,
          uniqueItems: true,
          description: 'Those that stay.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const ReviewInput = named(
  'ReviewInput',
  T.Object(
    {
      decision: Decision,
      digest: T.String({
        minLength: 1,
        maxLength: 100,
        description: 'The digest of the request as it was read.',
      }),
      comment: T.Optional(T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: maxWords })),
      narrow: T.Optional(ref(Narrowing)),
    },
    { additionalProperties: false },
  ),
);

const Review = named(
  'Review',
  T.Object({
    id: T.String(),
    reviewer: ref(Person),
    decision: Decision,
    comment: nullable('In their own words.'),
    via: T.String({ description: 'browser, cli or slack.' }),
    onBehalfOf: T.Union([ref(Person), T.Null()], {
      description: 'For whom they answered, by a right that was handed to them.',
    }),
    createdAt: instant('When.'),
    withdrawnAt: nullableInstant('When they took it back; null: it stands.'),
  }),
);

export const CommentInput = named(
  'CommentInput',
  T.Object(
    {
      text: T.String({
        minLength: 1,
        maxLength: maxWords,
        description: 'Everybody who sees the request reads it.',
      }),
      question: T.Optional(
        T.Boolean({
          description:
            'Asks those whom the request is about; for those who may answer it. Until they say something, reminders go to them.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

const Comment = named(
  'Comment',
  T.Object({
    id: T.String({ description: 'Starts with `cmt_`.' }),
    author: ref(Person),
    text: nullable('In their own words; null once erased.'),
    question: T.Boolean({ description: 'Asks those whom the request is about.' }),
    createdAt: instant('When.'),
  }),
);

const Question = named(
  'Question',
  T.Object({
    by: ref(Person),
    at: instant('When it was asked.'),
    text: nullable('In their own words; null once erased.'),
  }),
);

const RequestedEntitlement = named(
  'RequestedEntitlement',
  T.Object({
    id: T.String(),
    description: T.String(),
    account: ref(Account),
    target: TargetKind,
    choice: pickedChoice('What it is narrowed to; null: all of it.'),
    conditions,
  }),
);

const RequestGrant = named(
  'RequestGrant',
  T.Object({
    id: T.String(),
    entitlement: T.String(),
    state: T.Unsafe<string>({ enum: [...grantStates] }),
    startsAt: instant('When it starts.'),
    endsAt: instant('When it ends.'),
  }),
);

const RequestWarning = named(
  'RequestWarning',
  T.Object({
    entitlement: T.String(),
    check: T.String({ description: 'What was looked at, such as `role` or `trust-others`.' }),
    level: T.Unsafe<'warning' | 'error'>({ enum: ['warning', 'error'] }),
    stops: T.Boolean({ description: 'It cannot be approved while this is so.' }),
    message: T.String({ description: 'One sentence for people.' }),
  }),
);

const RuleApproval = named(
  'RuleApproval',
  T.Object({
    entitlement: T.String(),
    rule: T.String(),
    because: T.String({ description: 'Why, in the words of the catalog.' }),
  }),
);

const Overlap = named(
  'Overlap',
  T.Object({
    grant: T.String({ description: 'The id of the grant.' }),
    entitlement: T.String(),
    state: T.Unsafe<string>({ enum: [...grantStates] }),
    startsAt: instant('When it starts.'),
    endsAt: instant('When it ends.'),
    extendable: T.Boolean({
      description: 'Whether it could be asked to end later instead, by as long as was asked for.',
    }),
  }),
);

const Sponsorship = named(
  'Sponsorship',
  T.Object({
    sponsor: T.Union([ref(Person), T.Null()], {
      description: 'Who answers for them; null: nobody, or nobody who has signed in before.',
    }),
    until: nullableInstant('When they stop being eligible; null: the catalog does not name them.'),
  }),
);

const Extension = named(
  'Extension',
  T.Object({
    grant: T.String({ description: 'The id of the grant.' }),
    from: instant('When it ended as it was asked for. Moved since, it is not extended.'),
    to: instant('When it ends once this is approved.'),
  }),
);

export const Request = named(
  'Request',
  T.Object({
    id: nullable('Starts with `req_`; null in a dry run, where nothing was made.'),
    requester: ref(Person),
    askedBy: ref(Person),
    outside: T.Union([ref(Sponsorship), T.Null()], {
      description: 'That the requester is from outside; null: they are not.',
    }),
    entitlements: T.Array(ref(RequestedEntitlement)),
    bundles: T.Array(T.String(), { description: 'Names of the bundles that it was asked by.' }),
    breakGlass: T.Boolean({
      description: 'Whether its user gave it to themselves, by break-glass: see /v1/follow-ups.',
    }),
    extends: T.Union([ref(Extension), T.Null()], {
      description: 'The live grant that is to end later; null where a new one is asked for.',
    }),
    durationSeconds: seconds('How long.'),
    reason: nullable('Why; null once erased.'),
    ticket: nullable('The ticket it belongs to.'),
    startAt: nullableInstant('When it is to start; null: as soon as it is approved.'),
    state: RequestState,
    digest: T.String({ description: 'What a review must name: it stands for exactly this request.' }),
    catalogVersion: T.String(),
    createdAt: instant('When it was submitted.'),
    expiresAt: instant('Unanswered, it expires then.'),
    decidedAt: nullableInstant('When it left the state pending.'),
    waitingFor: T.Array(ref(Approvers), { description: 'Whose answer is still missing.' }),
    approvedByRule: T.Array(ref(RuleApproval), {
      description: 'What rules approve without anybody being asked.',
    }),
    reviews: T.Array(ref(Review)),
    comments: T.Array(ref(Comment), { description: 'What was said about it, oldest first.' }),
    question: T.Union([ref(Question), T.Null()], {
      description: 'What those it is about were asked last and have not answered; null once decided.',
    }),
    grants: T.Array(ref(RequestGrant), { description: 'One per entitlement once approved.' }),
    warnings: T.Array(ref(RequestWarning), {
      description:
        'What was seen in AWS that speaks against it, and steps that nobody who is known could answer (`nobody-eligible`); empty once decided.',
    }),
    overlaps: T.Optional(
      T.Array(ref(Overlap), {
        description: 'In the answer to asking only: what the caller holds already of it, at that time.',
      }),
    ),
    pendingSame: T.Optional(
      T.Array(T.String(), {
        description: "In the answer to asking only: ids of the caller's own pending requests for the same.",
      }),
    ),
    wouldStartAt: T.Optional(
      instant('In the answer to asking only: when access would start, were it approved now.'),
    ),
    wouldEndAt: T.Optional(
      instant('In the answer to asking only: when access would end, were it approved now.'),
    ),
    mayReview: T.Boolean({ description: 'Whether the caller may review it now.' }),
    mayCancel: T.Boolean({ description: 'Whether the caller may cancel it now.' }),
    mayComment: T.Boolean({ description: 'Whether the caller may comment on it now.' }),
    mayAskBack: T.Boolean({ description: 'Whether the caller may ask a question about it now.' }),
    mayWithdraw: T.Boolean({ description: 'Whether the caller has an answer that can be taken back.' }),
  }),
);

export const RequestPage = named(
  'RequestPage',
  T.Object({ items: T.Array(ref(Request)), next: nullable('`cursor` of the next page; null at the end.') }),
);

export const requestComponents = [
  Option,
  RequestInput,
  Narrowing,
  ReviewInput,
  Review,
  CommentInput,
  Comment,
  Question,
  RequestedEntitlement,
  RequestGrant,
  RequestWarning,
  RuleApproval,
  Overlap,
  Extension,
  Sponsorship,
  Request,
  RequestPage,
];
