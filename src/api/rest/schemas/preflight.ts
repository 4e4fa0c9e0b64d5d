import { Type as T } from 'typebox';
import { checks, findingLevels } from '../../../broker/preflight/finding.ts';
import { Account, EntitlementId } from './entitlement.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

const PreflightFinding = named(
  'PreflightFinding',
  T.Object({
    entitlement: T.String(),
    account: T.String({ description: 'Account id.' }),
    check: T.Unsafe<string>({ enum: [...checks], description: 'What was looked at.' }),
    level: T.Unsafe<string>({
      enum: [...findingLevels],
      description: '`unknown`: it could not be looked at, so nothing is known.',
    }),
    stops: T.Boolean({ description: 'Nothing is approved while this is so: access could not be given.' }),
    message: T.String({ description: 'What was seen, and what to do.' }),
  }),
);

const PreflightEntry = named(
  'PreflightEntry',
  T.Object({
    entitlement: T.String(),
    account: ref(Account),
    verdict: T.Unsafe<string>({
      enum: ['ok', 'unknown', 'warning', 'error'],
      description: 'The worst of its findings.',
    }),
    checkedAt: nullableInstant('When; null: it was not looked at yet as it is in the catalog now.'),
    stale: T.Boolean({ description: 'Seen too long ago to count.' }),
    findings: T.Array(ref(PreflightFinding)),
  }),
);

export const PreflightPage = named(
  'PreflightPage',
  T.Object({
    items: T.Array(ref(PreflightEntry)),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const PreflightRunInput = named(
  'PreflightRunInput',
  T.Object({ entitlement: T.Optional(EntitlementId) }, { additionalProperties: false }),
);

export const PreflightRun = named(
  'PreflightRun',
  T.Object({
    startedAt: instant('When the look was asked for: what was checked since is of this look.'),
    finished: T.Boolean({ description: 'False: it goes on in the background.' }),
  }),
);

export const preflightComponents = [
  PreflightFinding,
  PreflightEntry,
  PreflightPage,
  PreflightRunInput,
  PreflightRun,
];
