import { Type as T } from 'typebox';
import { AssuranceDemand } from './entitlement.ts';
import { AssuranceLevel, Person } from './person.ts';
import { instant, named, nullable, ref, seconds } from './ref.ts';

const answer = T.Enum(['yes', 'no', 'unknown'], {
  description: 'Whether the condition holds; unknown: something that it needs is not known.',
});

const ExplainedCheck = named(
  'ExplainedCheck',
  T.Object({
    name: T.Enum(['active', 'visible', 'ask', 'terms', 'assurance']),
    ok: T.Boolean(),
    rule: T.String({ description: 'The rule that says so.' }),
    reason: T.String({ description: 'Why, in words.' }),
  }),
);

const ExplainedRule = named(
  'ExplainedRule',
  T.Object({
    rule: T.String(),
    effect: T.Enum(['deny', 'approve']),
    answer,
    reason: nullable('Why there is no answer.'),
    because: T.String({ description: 'What the catalog says it is for.' }),
  }),
);

const ExplainedCondition = named(
  'ExplainedCondition',
  T.Object({
    text: T.String({ description: 'In CEL.' }),
    answer,
    reason: nullable('Why there is no answer.'),
  }),
);

const ExplainedEscalation = named(
  'ExplainedEscalation',
  T.Object({
    afterSeconds: seconds('How long nobody has answered.'),
    whom: T.String({ description: 'Whom, in words.' }),
    people: T.Array(ref(Person)),
  }),
);

const ExplainedStep = named(
  'ExplainedStep',
  T.Object({
    name: T.String(),
    rule: T.String(),
    whom: T.String({ description: 'Whom it asks, in words.' }),
    needed: T.Integer({ description: 'How many different people.' }),
    asked: T.Boolean({ description: 'False: its condition does not hold.' }),
    condition: T.Union([ref(ExplainedCondition), T.Null()]),
    people: T.Array(ref(Person), { description: 'Who they are now, at most 20.' }),
    escalates: T.Union([ref(ExplainedEscalation), T.Null()]),
    delegates: nullable('To whom it may be handed over, in words; null: to nobody.'),
  }),
);

const ExplainedSchedule = named(
  'ExplainedSchedule',
  T.Object({
    name: T.String(),
    known: T.Boolean(),
    because: nullable('Why nobody is known to be on call.'),
  }),
);

const DecidingRule = named('DecidingRule', T.Object({ rule: T.String(), because: T.String() }));

const Assumed = named(
  'Assumed',
  T.Object({
    at: instant('When it would be asked.'),
    durationSeconds: seconds('For how long.'),
    ticket: nullable('With which ticket.'),
    reason: T.String(),
    assurance: T.Object({ level: AssuranceLevel, ageSeconds: seconds('How long ago it was proven.') }),
    address: nullable('From which address; null: not known.'),
  }),
);

export const Explanation = named(
  'Explanation',
  T.Object({
    entitlement: T.String(),
    catalogVersion: T.String(),
    person: ref(Person),
    assumed: ref(Assumed),
    outcome: T.Enum(['refused', 'approved', 'people'], {
      description:
        'refused: no request would come about. approved: a rule approves it. people: the steps are asked.',
    }),
    checks: T.Array(ref(ExplainedCheck), {
      description: 'In the order in which they are made; the first that does not hold refuses.',
    }),
    rules: T.Array(ref(ExplainedRule)),
    decidedBy: T.Union([ref(DecidingRule), T.Null()], { description: 'Null: people decide.' }),
    steps: T.Array(ref(ExplainedStep)),
    unsatisfiable: nullable(
      'The first step that nobody who is known could meet, each person counting once; null: all could be.',
    ),
    schedules: T.Array(ref(ExplainedSchedule), { description: 'Those that its rules and steps ask.' }),
    assurance: T.Object({
      ask: ref(AssuranceDemand),
      approve: ref(AssuranceDemand),
      issue: ref(AssuranceDemand),
    }),
  }),
);

export const ExplainParameters = {
  person: T.Optional(
    T.String({
      minLength: 1,
      maxLength: 255,
      description:
        'Whose: an id, a subject, a name under people of the catalog, or what somebody is called. Left out: the caller. Only operators and auditors look at others.',
    }),
  ),
  durationSeconds: T.Optional(
    T.Integer({ minimum: 60, maximum: 43_200, description: 'For how long. Left out: at most an hour.' }),
  ),
  ticket: T.Optional(T.String({ minLength: 1, maxLength: 100 })),
  reason: T.Optional(T.String({ minLength: 1, maxLength: 1000 })),
  at: T.Optional(T.String({ format: 'date-time', description: 'When it would be asked. Left out: now.' })),
  assurance: T.Optional(AssuranceLevel),
  from: T.Optional(
    T.String({ minLength: 1, maxLength: 45, description: 'The address it would be asked from.' }),
  ),
};

export const explanationComponents = [
  ExplainedCheck,
  ExplainedRule,
  ExplainedCondition,
  ExplainedEscalation,
  ExplainedStep,
  ExplainedSchedule,
  DecidingRule,
  Assumed,
  Explanation,
];
