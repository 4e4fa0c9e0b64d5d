import { type TObject, type TSchema, Type as T } from 'typebox';
import { keyPattern, ouPattern, ouTitle } from './schema-accounts.ts';
import { tagKeyPattern, tagValuePattern } from './schema-session.ts';

// Rule sets and fleets have the fields of an entitlement, so that their shapes are made of its shape.

const closed = { additionalProperties: false };
/** Names that a fleet gives to the entitlements of an account: the part of their ids after the account. */
export const fleetEntryPattern = '^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*$';
export const globPattern = '^[a-z0-9*?-]+$';
export const maxKeyLength = 50;
/** With the account's name and a slash, an id that is not too long. */
export const maxFleetEntryLength = 49;

/** What an entitlement says of itself alone, and no rule set says for it. */
export const itsOwn: ReadonlySet<string> = new Set(['description', 'role', 'permissionSet']);
const names = { pattern: keyPattern, maxLength: maxKeyLength };

const use = T.Optional(
  T.String({
    title: 'the name of a rule set under ruleSets',
    description: 'Takes every key of this rule set that is not written beside it, whole key by whole key.',
    pattern: keyPattern,
  }),
);

/** An entitlement as it may be written: with `use`, what the rule set says can be left out. */
export function writtenEntitlement(entry: TObject) {
  const { type: _, properties: __, required: ___, ...options } = entry;
  return T.Object({ ...ownOf(entry), use, ...rulesOf(entry) }, { ...options, ...requiredUnlessUsing(entry) });
}

/** @param entry the shape of an entitlement */
export function ruleSets(entry: TObject) {
  const ruleSet = T.Object(rulesOf(entry), {
    ...closed,
    title: 'a map with keys of an entitlement',
    minProperties: 1,
  });
  return T.Record(T.String(), ruleSet, {
    title: 'a map of rule sets',
    description: 'Rules that entitlements share by `use`, by name: everything but description and target.',
    propertyNames: names,
    minProperties: 1,
  });
}

/** @param entry the shape of an entitlement */
export function fleets(entry: TObject) {
  const fleetEntry = T.Object(
    { ...rulesOf(entry), ...withoutAccount(ownOf(entry)), use },
    {
      ...closed,
      title: 'a map that describes an entitlement in each account',
      oneOf: [{ required: ['role'] }, { required: ['permissionSet'] }],
      ...requiredUnlessUsing(entry),
    },
  );
  const fleet = T.Object(
    {
      accounts: Selector,
      entitlements: T.Record(T.String(), fleetEntry, {
        title: 'a map of entitlements',
        description:
          'What may be asked for in each of the accounts, by name: admin becomes app-01/admin. In descriptions, {account} stands for the name of the account.',
        propertyNames: { pattern: fleetEntryPattern, maxLength: maxFleetEntryLength },
        minProperties: 1,
        maxProperties: 100,
      }),
    },
    { ...closed, title: 'a map with accounts and entitlements' },
  );
  return T.Record(T.String(), fleet, {
    title: 'a map of fleets',
    description: 'The same entitlements in each of many accounts, by the name of the fleet.',
    propertyNames: names,
    minProperties: 1,
    maxProperties: 100,
  });
}

const Selector = T.Object(
  {
    names: T.Optional(
      T.Array(T.String({ title: 'the name of an account, with * and ?', pattern: globPattern }), {
        title: 'a list of names of accounts',
        description: 'Names under accounts. * stands for any characters, ? for one.',
        minItems: 1,
        maxItems: 20,
      }),
    ),
    tags: T.Optional(
      T.Record(
        T.String(),
        T.Array(T.String({ title: 'the value of a tag, as text', pattern: tagValuePattern }), {
          title: 'a list of values',
          minItems: 1,
          maxItems: 20,
        }),
        {
          title: 'a map from tag keys to lists of values',
          description: 'The account carries, for each key, one of the values.',
          propertyNames: { pattern: tagKeyPattern },
          minProperties: 1,
          maxProperties: 5,
        },
      ),
    ),
    ou: T.Optional(
      T.String({
        title: ouTitle,
        description: 'The account lies in this organizational unit or below it.',
        pattern: ouPattern,
        maxLength: 256,
      }),
    ),
  },
  {
    ...closed,
    title: 'a map with names, tags or ou',
    description: 'Which accounts: those for which all that is given holds. Never empty.',
    minProperties: 1,
  },
);

type TextOptions = { readonly description?: string };
type Fields = Record<string, TSchema>;

function rulesOf({ properties }: TObject): Fields {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, field]) => (itsOwn.has(key) ? [] : [[key, T.Optional(field)]])),
  );
}

function ownOf({ properties }: TObject): Fields {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => itsOwn.has(key)));
}

function withoutAccount(own: Fields): Fields {
  return Object.fromEntries(
    Object.entries(own).map(([key, field]) => {
      if (!T.IsObject(field)) return [key, field];
      const { account: _, ...others } = field.properties;
      const title = `a map with ${Object.keys(others)[0] ?? ''}`;
      const description = `In each account of the fleet. ${(field as TextOptions).description ?? ''}`;
      return [key, T.Optional(T.Object(others, { ...closed, title, description }))];
    }),
  );
}

// The first of the two is the one that was not meant: structure.ts then says what is missing.
function requiredUnlessUsing(entry: TObject) {
  const required: readonly string[] = entry.required ?? [];
  return { anyOf: [{ required: ['use'] }, { required: required.filter((key) => !itsOwn.has(key)) }] };
}
