import { type Static, type TProperties, Type as T } from 'typebox';

/** Parameters of every list. */
export const pageParameters = {
  cursor: T.Optional(T.String({ minLength: 1, maxLength: 200, description: '`next` of the page before.' })),
  limit: T.Optional(
    T.Integer({ minimum: 1, maximum: 100, description: 'At most this many; 50 when left out.' }),
  ),
};

/** Parameters in the address: only these, and unknown ones are errors. */
export function query<P extends TProperties>(properties: P) {
  return T.Object(properties, { additionalProperties: false });
}

export const IdempotencyHeaders = T.Object({
  'idempotency-key': T.Optional(
    T.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x21-\\x7e]+$',
      description:
        '1 to 200 visible ASCII characters. The same key and body again answer with the same request',
    }),
  ),
});
export type IdempotencyHeaders = Static<typeof IdempotencyHeaders>;
