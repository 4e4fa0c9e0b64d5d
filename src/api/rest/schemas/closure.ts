import { Type as T } from 'typebox';
import { Person } from './person.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

const Confirmation = named(
  'ClosureConfirmation',
  T.Object({
    person: ref(Person),
    because: T.String({ description: 'What they said they had checked.' }),
    confirmedAt: instant('When.'),
  }),
);

export const Closure = named(
  'Closure',
  T.Object({
    id: T.String({ description: 'Starts with `cls_`.' }),
    closedAt: instant('When Daypass closed.'),
    reason: T.String({
      description:
        'older_database: it lacks what was known to be in it. other_database: it is not the one that it was. damaged_anchor, forged_anchor: what is kept outside of the database cannot be believed.',
    }),
    anchorEvent: nullable('The newest event that was known outside of the database.'),
    anchorTime: nullableInstant('Its time.'),
    databaseEvent: nullable(
      'The newest event in the database when it was closed. What happened between the two is lost.',
    ),
    databaseTime: nullableInstant('Its time.'),
    openedAt: nullableInstant('When enough operators had confirmed.'),
    confirmations: T.Array(ref(Confirmation)),
    confirmationsNeeded: T.Integer({ description: 'How many operators have to confirm.' }),
    check: T.Array(T.String(), { description: 'What to look after before confirming.' }),
  }),
);

export const ClosureState = named(
  'ClosureState',
  T.Object({
    closed: T.Boolean({ description: 'Whether asking, answering, activating and issuing are refused.' }),
    closure: T.Union([ref(Closure), T.Null()], { description: 'Null while Daypass is open.' }),
    warnings: T.Array(T.String(), {
      description: 'What keeps a restore from being noticed, for an operator to mend.',
    }),
  }),
);

export const ConfirmClosureInput = named(
  'ConfirmClosureInput',
  T.Object(
    {
      because: T.String({ minLength: 1, maxLength: 1000, description: 'what you have checked. Recorded.' }),
      checked: T.Literal(true, { description: 'true: all that `check` lists was looked after' }),
    },
    { additionalProperties: false },
  ),
);

export const closureComponents = [Confirmation, Closure, ClosureState, ConfirmClosureInput];
