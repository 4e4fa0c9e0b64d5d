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
  RejectCatalogInput,
];
