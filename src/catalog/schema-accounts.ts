import { Type as T } from 'typebox';
import { groupList } from './schema-parts.ts';
import { tagKeyPattern, tagValuePattern } from './schema-session.ts';

// What the file says about an account besides its id: what fleets select by, what conditions see, and who owns it.

const closed = { additionalProperties: false };
/** Names that the file gives to accounts, people, rule sets and fleets. */
export const keyPattern = '^[a-z0-9][a-z0-9-]*$';
export const ouPattern = '^(?:/|(?:/[A-Za-z0-9_.+=@&-]+(?: [A-Za-z0-9_.+=@&-]+)*)+)$';
export const ouTitle = 'the path of an organizational unit such as /workloads/prod';

/** Who owns something: groups and people. */
export function owners(description: string) {
  return T.Object(
    {
      groups: T.Optional(groupList('Members of any of these groups.', 20)),
      people: T.Optional(
        T.Array(T.String({ title: 'the name of somebody under people', pattern: keyPattern }), {
          title: 'a list of names under people',
          description: 'These people, by their names under people.',
          minItems: 1,
          maxItems: 20,
        }),
      ),
    },
    {
      ...closed,
      title: 'a map with groups and people',
      description,
      minProperties: 1,
    },
  );
}

/** Fields of an account. */
export const accountFacts = {
  tags: T.Optional(
    T.Record(T.String(), T.String({ title: 'the value of a tag, as text', pattern: tagValuePattern }), {
      title: 'a map from tag keys to values',
      description: 'What fleets select by and conditions see, as written here: AWS is not asked.',
      propertyNames: { pattern: tagKeyPattern },
      minProperties: 1,
      maxProperties: 50,
    }),
  ),
  ou: T.Optional(
    T.String({
      title: ouTitle,
      description: 'Where the account lies in the organization, by the names of its organizational units.',
      pattern: ouPattern,
      maxLength: 256,
    }),
  ),
  owners: T.Optional(owners('Who owns the account.')),
};
