import { Type as T } from 'typebox';
import { maxPatterns } from '../../../approvals/delegation-input.ts';
import { delegationStates } from '../../../approvals/delegation-view.ts';
import { maxWords } from '../../../approvals/submission.ts';
import { entitlementPattern, maxPatternLength } from '../../../catalog/entitlement-pattern.ts';
import { Person } from './person.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

export const DelegationId = T.String({
  pattern: '^dlg_[0-9a-hjkmnp-tv-z]{26}$',
  description: 'the id of a delegation: dlg_ and 26 characters',
});

export const DelegationInput = named(
  'DelegationInput',
  T.Object(
    {
      delegate: T.String({
        minLength: 1,
        maxLength: 320,
        description: 'To whom: the id of a person, or the exact address of just one.',
      }),
      startsAt: T.Optional(
        T.Unsafe<string | null>({
          type: ['string', 'null'],
          format: 'date-time',
          maxLength: 40,
          description: 'From when, in UTC; left out: from now. At most 30 days ahead.',
        }),
      ),
      endsAt: T.String({
        format: 'date-time',
        maxLength: 40,
        description: 'Until when, in UTC: at most 30 days later.',
      }),
      entitlements: T.Optional(
        T.Unsafe<string[] | null>({
          type: ['array', 'null'],
          items: { type: 'string', minLength: 1, maxLength: maxPatternLength, pattern: entitlementPattern },
          minItems: 1,
          maxItems: maxPatterns,
          description:
            'For which entitlements: ids, or patterns such as `prod/*`, in which `*` stands for any characters; left out: all that I may answer.',
        }),
      ),
      because: T.String({ minLength: 1, maxLength: maxWords, description: 'Why. Recorded.' }),
    },
    { additionalProperties: false },
  ),
);

export const Delegation = named(
  'Delegation',
  T.Object({
    id: T.String({ description: 'Starts with `dlg_`.' }),
    principal: ref(Person),
    delegate: ref(Person),
    startsAt: instant('From when.'),
    endsAt: instant('Until when.'),
    entitlements: T.Unsafe<readonly string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'Ids and patterns; null: everything that the principal may answer.',
    }),
    because: T.String({ description: 'Why.' }),
    createdAt: instant('When it was made.'),
    endedAt: nullableInstant('When it was ended before its time.'),
    endedBy: T.Union([ref(Person), T.Null()], {
      description: 'By whom; null when nobody did, and when Daypass did after a restore.',
    }),
    state: T.Enum([...delegationStates], {
      description: 'Of somebody who is deactivated it counts for nothing, whatever this says.',
    }),
    mayEnd: T.Boolean({ description: 'Whether the caller may end it now.' }),
  }),
);

export const DelegationPage = named(
  'DelegationPage',
  T.Object({
    items: T.Array(ref(Delegation)),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const delegationComponents = [DelegationInput, Delegation, DelegationPage];
