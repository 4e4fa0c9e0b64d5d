import { Type as T } from 'typebox';
import { maxWords } from '../../../approvals/submission.ts';
import { Person, PersonId } from './person.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

export const EligibilityReviewId = T.String({
  pattern: '^elr_[0-9a-hjkmnp-tv-z]{26}$',
  description: 'the id of a review of who may ask: elr_ and 26 characters',
});

const counts = T.Object({
  people: T.Integer({ description: 'Who could ask when it was opened.' }),
  kept: T.Integer(),
  dropped: T.Integer(),
  lapsed: T.Integer({ description: 'Nobody answered for them in time.' }),
  unanswered: T.Integer(),
  unused: T.Integer(),
});

const review = {
  id: T.String({ description: 'Starts with `elr_`.' }),
  entitlement: T.String(),
  state: T.Unsafe<'open' | 'closed'>({ enum: ['open', 'closed'] }),
  openedAt: instant('When it was opened.'),
  dueAt: instant('Whoever was not answered for by then may not ask any more.'),
  closedAt: nullableInstant('When it was closed.'),
  closedBecause: T.Unsafe<'due' | 'withdrawn' | null>({
    enum: ['due', 'withdrawn', null],
    description: '`withdrawn`: the catalog does not review it any more, and nobody was dropped for it.',
  }),
  catalogVersion: T.String({ description: 'The catalog by which people could ask.' }),
  counts,
  mayAnswer: T.Boolean({ description: 'Whether the caller is an owner.' }),
};

export const EligibilityReview = named('EligibilityReview', T.Object(review));

export const EligibilityItem = named(
  'EligibilityItem',
  T.Object({
    person: ref(Person),
    group: nullable('The group by which they may ask; null: they are named.'),
    uses: T.Integer({ description: 'How many grants they had.' }),
    lastUseAt: nullableInstant('When they last used it.'),
    unused: T.Boolean({ description: 'Not for as long as the catalog says, or never.' }),
    decision: T.Unsafe<'keep' | 'drop' | 'lapsed' | null>({ enum: ['keep', 'drop', 'lapsed', null] }),
    decidedBy: T.Union([ref(Person), T.Null()]),
    decidedAt: nullableInstant('When.'),
    comment: nullable('In the words of the owner.'),
  }),
);

export const EligibilityReviewPage = named(
  'EligibilityReviewPage',
  T.Object({
    items: T.Array(ref(EligibilityReview)),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const EligibilityReviewItems = named(
  'EligibilityReviewItems',
  T.Object({
    ...review,
    items: T.Array(ref(EligibilityItem), { description: 'People, by their ids.' }),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const EligibilityAnswerInput = named(
  'EligibilityAnswerInput',
  T.Object(
    {
      person: PersonId,
      decision: T.Enum(['keep', 'drop']),
      comment: T.Optional(T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: maxWords })),
    },
    { additionalProperties: false },
  ),
);

export const eligibilityComponents = [
  EligibilityReview,
  EligibilityItem,
  EligibilityReviewPage,
  EligibilityReviewItems,
  EligibilityAnswerInput,
];
