import { Type as T } from 'typebox';
import { dayRanges, daysPattern, formatDays } from './days.ts';
import type { Range } from './limits.ts';
import { owners } from './schema-accounts.ts';
import { groupList } from './schema-parts.ts';

// People from outside, and reviews of who may ask.

const closed = { additionalProperties: false };

/** Fields of a person who is from outside. */
export function sponsoredFields(personKeyPattern: string) {
  return {
    eligibleUntil: T.Optional(
      T.String({
        title: 'a day such as "2026-12-31", or a time such as "2026-12-31T18:00:00Z"',
        description: 'From outside: eligible for nothing after that. A day is meant to its end, in UTC.',
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{8,12}(?:Z|[+-][0-9]{2}:[0-9]{2}))?$',
      }),
    ),
    sponsor: T.Optional(
      T.String({
        title: 'the name of somebody under people',
        description:
          'From outside: who answers for them. Once the sponsor has left, they are eligible for nothing.',
        pattern: personKeyPattern,
      }),
    ),
  };
}

export const Outside = T.Object(
  { groups: groupList('Whoever is in one of these is from outside.', 100) },
  {
    ...closed,
    title: 'a map with groups',
    description:
      'Who is from outside. They may ask for and approve nothing, unless they are named under people with eligibleUntil and sponsor.',
  },
);

/** Fields of an entitlement: reviews of who may ask for it. */
export const reviewFields = {
  reviewEvery: T.Optional(
    days(
      'How often the owners say who may go on asking for it. Whoever they do not keep may not, until they do.',
      dayRanges.reviewEvery,
    ),
  ),
  reviewWithin: T.Optional(
    days(
      'How long they have to answer. Left out: 14d, and at most half of reviewEvery.',
      dayRanges.reviewWithin,
    ),
  ),
  unusedAfter: T.Optional(
    days(
      'Whoever has not used it for so long is marked. Left out: as long as reviewEvery.',
      dayRanges.unusedAfter,
    ),
  ),
  owners: T.Optional(owners('Who answers the reviews of who may ask. Left out: the owners of the account.')),
};

function days(description: string, range: Range) {
  return T.String({
    title: 'a number of days such as 90d',
    description: `${description} ${formatDays(range.min)} to ${formatDays(range.max)}.`,
    pattern: daysPattern,
  });
}
