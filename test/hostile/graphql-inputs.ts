import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql/index.js';
import { nastyJson, nastyText } from './nasty.ts';

/** A call of /graphql. Marks such as `@request:3;` are replaced by what exists. */
export interface GraphqlCall {
  readonly query: string;
  readonly variables: unknown;
}

type Field = ReturnType<GraphQLObjectType['getFields']>[string];

/** Calls of one root field: with fitting variables, with one that does not fit, and any selection below it. */
export function callsOfField(kind: 'query' | 'mutation', field: Field): fc.Arbitrary<GraphqlCall> {
  const declared = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const fitting = fc.record(Object.fromEntries(field.args.map((arg) => [arg.name, valueOf(arg.type, arg)])), {
    requiredKeys: field.args.filter((arg) => isNonNullType(arg.type)).map((arg) => arg.name),
  });
  const wrong = fc
    .tuple(fitting, fc.constantFrom('extra', ...field.args.map((arg) => arg.name)), nastyJson)
    .map(([variables, key, junk]) => ({ ...variables, [key]: junk }));
  return fc.record({
    query: selectionOf(field.type, 3).map(
      (selection) =>
        `${kind}${declared === '' ? '' : ` (${declared})`} { ${field.name}${passed === '' ? '' : `(${passed})`} ${selection} }`,
    ),
    variables: fc.oneof(
      { weight: 2, arbitrary: fitting },
      { weight: 2, arbitrary: wrong },
      { weight: 1, arbitrary: nastyJson },
    ),
  });
}

function selectionOf(type: GraphQLOutputType, depth: number): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (!isObjectType(named)) return fc.constant('');
  const fields = Object.values(named.getFields()).filter(
    (field) => depth > 0 || !isObjectType(getNamedType(field.type)),
  );
  const parts = fields.map((field) =>
    selectionOf(field.type, depth - 1).map((inner) => `${field.name} ${inner}`),
  );
  return fc
    .tuple(
      fc.tuple(...parts),
      fc.subarray(
        parts.map((_, i) => i),
        { minLength: 1 },
      ),
    )
    .map(([all, chosen]) => `{ __typename ${chosen.map((i) => all[i] ?? '').join(' ')} }`);
}

const marks: Readonly<Record<string, string>> = {
  request: 'request',
  cancelRequest: 'request',
  withdrawReview: 'request',
  commentOnRequest: 'request',
  grant: 'grant',
  entitlement: 'entitlement',
  entitlements: 'entitlement',
  session: 'grant',
};

function valueOf(type: GraphQLInputType, arg: Pick<GraphQLArgument, 'name'>): fc.Arbitrary<unknown> {
  const some = something(getNullableType(type), arg);
  return isNonNullType(type) ? some : fc.option(some, { freq: 6 });
}

function something(inner: GraphQLInputType, arg: Pick<GraphQLArgument, 'name'>): fc.Arbitrary<unknown> {
  if (isListType(inner)) return fc.uniqueArray(valueOf(inner.ofType, arg), { minLength: 1, maxLength: 2 });
  if (isEnumType(inner)) return fc.constantFrom(...inner.getValues().map((value) => value.name));
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields());
    return fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field.type, field)])), {
      requiredKeys: fields.filter((field) => isNonNullType(field.type)).map((field) => field.name),
    });
  }
  switch (String(inner)) {
    case 'Int':
      return fc.constantFrom(900, 1, 0, -1, 50, 100, 101, 2 ** 31 - 1);
    case 'Boolean':
      return fc.boolean();
    case 'DateTime':
      return fc.oneof(
        fc.constantFrom(
          '2026-11-22T09:30:00Z',
          '0000-01-01T00:00:00Z',
          '9999-12-31T23:59:59-23:59',
          '2026-11-22',
        ),
        nastyText,
      );
    case 'ID':
      return idOf(arg.name);
    default:
      return arg.name === 'digest'
        ? fc.nat(30).map((n) => `@digest:${n};`)
        : fc.oneof(fc.constant('For work'), fc.constant('OPS-7'), nastyText);
  }
}

function idOf(name: string): fc.Arbitrary<unknown> {
  const kinds = name === 'id' ? ['request', 'grant', 'entitlement', 'review'] : [marks[name] ?? 'person'];
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...kinds), fc.nat(30)).map(([kind, n]) => `@${kind}:${n};`),
    },
    { weight: 1, arbitrary: nastyText },
    { weight: 1, arbitrary: fc.integer() },
  );
}

const many = (count: number, each: (i: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, i) => each(i)).join(between);

/** Documents that ask for too much, or are none. Each is refused before anything runs. */
export const tooMuch: readonly (readonly [string, string])[] = [
  ['401 aliases', `{ ${many(401, (i) => `a${i}: me { id }`)} }`],
  [
    'lists in lists',
    `{ ${many(100, (i) => `a${i}: grants { items { request { reviews { reviewer { id } } } } }`)} }`,
  ],
  ['depth', `{ __schema { types { ${'fields { type { '.repeat(12)} name ${'} }'.repeat(12)} } } }`],
  [
    'depth through fragments',
    `{ __schema { types { ...f } } } fragment f on __Type { fields { type { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } }`,
  ],
  ['3,001 tokens', `{ ${'me { id } '.repeat(1_000)} }`],
  ['3,001 directives', `{ me ${'@skip(if: false) '.repeat(1_000)} { id } }`],
  ['a fragment in itself', '{ ...a } fragment a on Query { ...a }'],
  ['fragments in each other', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
  [
    'fragments that double',
    `{ ...f0 } ${many(14, (i) => `fragment f${i} on Query { ...f${i + 1} a${i}: me { id } ...f${i + 1} }`)} fragment f14 on Query { m: me { id } }`,
  ],
  ['an unknown directive', '{ me @explode { id } }'],
  ['a directive twice', '{ me @skip(if: false) @skip(if: true) { id } }'],
  ['a subscription', 'subscription { me { id } }'],
  ['a type system', 'type Query { me: String }'],
  ['two operations and no name', 'query A { me { id } } query B { me { id } }'],
  ['nothing', ' '],
  ['a comment', '# me'],
  ['half of it', '{ me { id '],
  ['a field on __proto__', '{ __proto__ { id } }'],
  ['a field that is a method', '{ constructor { name } me { toString } }'],
  ['an enum of strings', '{ requests(state: "pending") { next } }'],
  ['an object for an id', '{ request(id: {a: 1}) { id } }'],
  ['a list within lists', `{ request(id: ${'['.repeat(900)}1${']'.repeat(900)}) { id } }`],
  ['an integer without end', `{ requests(limit: ${'9'.repeat(500)}) { next } }`],
  ['a float', '{ requests(limit: 1e2) { next } }'],
  ['an unknown variable', 'query ($a: Nope) { requests(state: $a) { next } }'],
  ['a variable of another type', 'query ($a: Int) { requests(state: $a) { next } }'],
  ['@include of a string', '{ me @include(if: "yes") { id } }'],
];
