import { Type as T } from 'typebox';
import { entitlementPattern, maxPatternLength } from '../../../catalog/entitlement-pattern.ts';
import { Person } from './person.ts';
import { named, ref } from './ref.ts';

export const EndGrantsInput = named(
  'EndGrantsInput',
  T.Object(
    {
      entitlement: T.String({
        minLength: 1,
        maxLength: maxPatternLength,
        pattern: entitlementPattern,
        description: 'the id of an entitlement, or a pattern such as `prod/*`: `*` stands for any characters',
      }),
      because: T.String({ minLength: 1, maxLength: 1000, description: 'why. Recorded with each of them.' }),
      account: T.Optional(
        T.String({ pattern: '^[0-9]{12}$', description: 'only in this account: an id of 12 digits' }),
      ),
      person: T.Optional(
        T.String({
          pattern: '^prs_[0-9a-hjkmnp-tv-z]{26}$',
          description: 'only of this person: prs_ and 26 characters',
        }),
      ),
      expect: T.Optional(
        T.Integer({
          minimum: 0,
          maximum: 1_000_000,
          description: 'how many there are, as you have seen; nothing is ended without it',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const EndedGrants = named(
  'EndedGrants',
  T.Object({
    grants: T.Integer({ description: 'How many there are.' }),
    people: T.Integer({ description: 'Of how many people.' }),
    byEntitlement: T.Array(
      T.Object({ entitlement: T.String(), grants: T.Integer({ description: 'How many for it.' }) }),
    ),
    byPerson: T.Array(
      T.Object({ person: ref(Person), grants: T.Integer({ description: 'How many of theirs.' }) }),
      { description: 'Those with the most of them first, up to 100.' },
    ),
    ended: T.Unsafe<number | null>({
      type: ['integer', 'null'],
      description:
        'How many began to end; null when they were only counted. Those that ended by themselves meanwhile are not in it.',
    }),
    batches: T.Integer({
      description:
        'In how many transactions they were ended: one for up to 500, and 500 in each of them for more.',
    }),
    failed: T.Array(T.String(), {
      description: 'Ids of those that could not be ended. They are still what they were: ask again.',
    }),
  }),
);

export const endManyComponents = [EndGrantsInput, EndedGrants];
