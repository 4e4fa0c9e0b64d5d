import { Type as T } from 'typebox';
import { proposalStates } from '../../../catalog/proposal-states.ts';
import { trustModes } from '../../../catalog/trust.ts';
import { Person } from './person.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

export const CatalogVersion = T.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'the digest of a catalog: sha256: and 64 hex digits',
});

const CatalogApproval = named(
  'CatalogApproval',
  T.Object({ person: ref(Person), approvedAt: instant('When.') }),
);

export const CatalogProposal = named(
  'CatalogProposal',
  T.Object({
    id: T.String({ description: 'Starts with `cpr_`.' }),
    version: T.String({ description: 'The digest that operators approve.' }),
    state: T.Enum([...proposalStates]),
    proposedAt: instant('When a file first said it.'),
    approvals: T.Array(ref(CatalogApproval)),
    approvalsNeeded: T.Integer({ description: 'How many operators have to approve.' }),
    decidedAt: nullableInstant('When it was approved, rejected or superseded.'),
    decidedBy: T.Union([ref(Person), T.Null()], {
      description: 'Who rejected it, or gave the last approval it needed.',
    }),
    because: nullable('Why it was rejected.'),
  }),
);

const CatalogInForce = named(
  'CatalogInForce',
  T.Object({
    version: T.String(),
    since: instant('Since when.'),
    basis: T.String({
      description:
        'first: the database had none. operators: two approved it. signature: a key signed it. file: the file was taken as it is.',
    }),
    signingKey: nullable('The id of the key that signed it.'),
    proposal: T.Union([ref(CatalogProposal), T.Null()], { description: 'What operators approved.' }),
  }),
);

const CatalogProblem = named(
  'CatalogProblem',
  T.Object({
    line: T.Integer(),
    column: T.Integer(),
    path: T.String({ description: 'JSON Pointer (RFC 6901).' }),
    message: T.String({ description: 'What is wrong, and what to do.' }),
  }),
);

const CatalogFile = named(
  'CatalogFile',
  T.Object({
    version: nullable('What the file says; null when it cannot be used.'),
    problemCount: T.Integer({ description: 'How many problems it has.' }),
    problems: T.Array(ref(CatalogProblem), { description: 'The first of them.' }),
  }),
);

export const Catalogs = named(
  'Catalogs',
  T.Object({
    trust: T.Enum([...trustModes], { description: 'What puts a catalog in force here: CATALOG_TRUST.' }),
    inForce: T.Union([ref(CatalogInForce), T.Null()]),
    followed: T.String({
      description:
        'What the process that answers works with: another one when it could not take over the catalog in force.',
    }),
    proposals: T.Array(ref(CatalogProposal), { description: 'The open one first, then the newest.' }),
    file: ref(CatalogFile),
  }),
);

export const CatalogText = named(
  'CatalogText',
  T.Object({
    version: T.String(),
    source: T.String({ description: 'YAML, as it was first seen.' }),
    firstSeenAt: instant('When that was.'),
  }),
);

const effects = ['widens', 'narrows', 'neither', 'unclear'] as const;
const effect = T.Enum([...effects], {
  description: 'Whether more can be had by it, or by more people; unclear: only people can tell.',
});

const CatalogRightChange = named(
  'CatalogRightChange',
  T.Object({
    gained: T.Array(T.String(), { description: 'Who gains it, in words: `group engineers`.' }),
    lost: T.Array(T.String(), { description: 'Who loses it.' }),
    peopleGained: T.Integer({
      description: 'How many people who are known now gain it by a group or by name.',
    }),
    peopleLost: T.Integer({ description: 'How many lose it.' }),
  }),
);

const CatalogTermChange = named(
  'CatalogTermChange',
  T.Object({ text: T.String({ description: 'In words.' }), effect }),
);

const EntitlementChange = named(
  'EntitlementChange',
  T.Object({
    id: T.String(),
    kind: T.Enum(['added', 'removed', 'changed']),
    effect,
    ask: ref(CatalogRightChange),
    approve: ref(CatalogRightChange),
    terms: T.Array(ref(CatalogTermChange)),
  }),
);

const EffectCounts = named(
  'EffectCounts',
  T.Object({
    widens: T.Integer(),
    unclear: T.Integer(),
    narrows: T.Integer(),
    neither: T.Integer(),
  }),
);

export const CatalogChanges = named(
  'CatalogChanges',
  T.Object({
    before: T.String({ description: 'The version in force.' }),
    after: T.String(),
    counts: ref(EffectCounts),
    items: T.Array(ref(EntitlementChange), {
      description: 'The first 200 entitlements that change; what widens comes first.',
    }),
    others: T.Array(T.String(), { description: 'What changes beside entitlements, in words.' }),
  }),
);

export const RejectCatalogInput = named(
  'RejectCatalogInput',
  T.Object(
    { because: T.String({ minLength: 1, maxLength: 1000, description: 'why. Recorded.' }) },
    { additionalProperties: false },
  ),
);

export const catalogComponents = [
  CatalogApproval,
  CatalogProposal,
  CatalogInForce,
  CatalogProblem,
  CatalogFile,
  Catalogs,
  CatalogText,
  CatalogRightChange,
  CatalogTermChange,
  EntitlementChange,
  EffectCounts,
  CatalogChanges,
  RejectCatalogInput,
];
