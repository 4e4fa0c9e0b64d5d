import { Type as T } from 'typebox';
import { ouPattern } from './schema-accounts.ts';
import { tagKeyPattern, tagValuePattern } from './schema-session.ts';
import type { Account } from './types.ts';

const closed = { additionalProperties: false };

/** The part of the stored terms that says which account, and what the catalog says of it. */
export const AccountTerms = T.Object(
  {
    id: T.String({ pattern: '^[0-9]{12}$' }),
    name: T.String({ minLength: 1 }),
    tags: T.Optional(
      T.Record(T.String({ pattern: tagKeyPattern }), T.String({ pattern: tagValuePattern }), closed),
    ),
    ou: T.Optional(T.String({ pattern: ouPattern })),
  },
  closed,
);

/** A fresh copy. What the catalog does not say is left out, so that terms from before keep their digest. */
export function accountTerms({ id, name, tags, ou }: Account) {
  return {
    id,
    name,
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...(ou === undefined ? {} : { ou }),
  };
}
