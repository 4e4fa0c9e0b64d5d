import { Type as T } from 'typebox';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

const WaitingDeny = named(
  'WaitingDeny',
  T.Object({
    grant: T.String({ description: 'The id of the ended grant.' }),
    target: T.String({ description: 'The role, or the permission set, by its ARN.' }),
    since: instant('When it ended early.'),
  }),
);

export const Boundary = named(
  'Boundary',
  T.Object({
    account: T.String({ description: 'An AWS account id.' }),
    failingSince: nullableInstant(
      'Since when its boundary policy could not be brought to what it should say; null: nothing stands in the way.',
    ),
    reason: nullable('What stands in the way.'),
    attempts: T.Integer({ description: 'How often it was tried in vain since.' }),
    nextTryAt: nullableInstant('When it is tried again, by itself.'),
    readBackAt: nullableInstant('When the policy was last read back as it should be.'),
    version: nullable('The version of the policy that was read back.'),
    denies: T.Integer({ description: 'Ended grants that the policy denies, or has to.' }),
    waiting: T.Array(ref(WaitingDeny), {
      description: 'Those of them that were not read back yet, the oldest first, up to 20.',
    }),
    unknownCodes: T.Array(T.String(), {
      description:
        'Codes in the policy that belong to no grant known here. They stay until what they deny has lapsed.',
    }),
  }),
);

export const BoundaryPage = named(
  'BoundaryPage',
  T.Object({ items: T.Array(ref(Boundary)), next: nullable('`cursor` of the next page; null at the end.') }),
);

export const boundaryComponents = [WaitingDeny, Boundary, BoundaryPage];
