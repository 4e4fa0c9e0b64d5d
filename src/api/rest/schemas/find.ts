import { Type as T } from 'typebox';
import { conditions } from './choice.ts';
import { Account, TargetKind } from './entitlement.ts';
import { named, nullable, ref, seconds } from './ref.ts';

const FoundParameter = named(
  'FoundParameter',
  T.Object({
    name: T.String(),
    description: T.String(),
    value: nullable('Where the resource says it.'),
  }),
);

const FoundChoice = named(
  'FoundChoice',
  T.Object({ name: T.String(), description: T.String(), parameters: T.Array(ref(FoundParameter)) }),
);

const FoundEntitlement = named(
  'FoundEntitlement',
  T.Object({
    id: T.String(),
    description: T.String(),
    account: ref(Account),
    target: TargetKind,
    choice: T.Union([ref(FoundChoice), T.Null()], { description: 'The choice to pick; null: all of it.' }),
    certainty: T.Enum(['allows', 'may-allow'], {
      description:
        'may-allow: the catalog does not say that the role allows it, or says otherwise. AWS decides.',
    }),
    because: T.String({ description: 'Why, as a part of a sentence.' }),
    conditions,
    maxDurationSeconds: seconds('The longest grant.'),
    mayAsk: T.Boolean({ description: 'Whether the caller may ask for it.' }),
  }),
);

export const FindAnswer = named(
  'FindAnswer',
  T.Object({
    items: T.Array(ref(FoundEntitlement), { description: 'From narrow to wide.' }),
    catalogVersion: T.String(),
  }),
);

export const findComponents = [FoundParameter, FoundChoice, FoundEntitlement, FindAnswer];
