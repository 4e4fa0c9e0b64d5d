import { type Static, type TSchema, Type as T } from 'typebox';

/** What a handler may return for a schema: the same shape, and nothing that a caller could change by it. */
export type Wire<V> = V extends readonly (infer I)[]
  ? readonly Wire<I>[]
  : V extends object
    ? { readonly [K in keyof V]: Wire<V[K]> }
    : V;

/** A named schema of the contract, as `components.schemas` lists it. */
export type Named = TSchema & { readonly $id: string };

/** Refers to a named schema, in the form that Fastify resolves. */
export function ref<S extends Named>(schema: S) {
  return T.Unsafe<Wire<Static<S>>>({ $ref: `${schema.$id}#` });
}

/** Gives a schema its name in the contract. */
export function named<S extends TSchema>(name: string, schema: S): S & { readonly $id: string } {
  return Object.assign(schema, { $id: name });
}

/** Text or null. */
export function nullable(description: string) {
  return T.Unsafe<string | null>({ type: ['string', 'null'], description });
}

export function instant(description: string) {
  return T.String({ format: 'date-time', description });
}

export function nullableInstant(description: string) {
  return T.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });
}

export const seconds = (description: string) => T.Integer({ description: `${description} In seconds.` });
