import { Type as T, type Static } from 'typebox';
import { durationPattern } from '../../catalog/duration.ts';
import { idPattern } from '../../catalog/schema.ts';
import { personKeyPattern } from '../../catalog/schema-approve.ts';
import { scheduleNamePattern } from '../../catalog/schema-on-call.ts';
import { assuranceLevels } from '../../catalog/types.ts';

// The shape of a file of cases. Titles are noun phrases: the checker says "must be <title>".

const closed = { additionalProperties: false };

const words = (title: string, maxLength = 1000) =>
  T.String({ title, minLength: 1, maxLength, pattern: '^[ \\n]*[^\\s\\p{C}][\\P{C}\\n]*$' });
const length = T.String({ title: 'a duration such as 15m, 1h or 1h30m', pattern: durationPattern });
const person = T.String({
  title: 'the name of somebody under people',
  pattern: personKeyPattern,
  maxLength: 50,
});
const instant = T.String({
  title: 'a time with its offset, such as 2026-11-24T10:00:00+01:00',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:Z|[+-]\\d{2}:\\d{2})$',
});
const level = T.Enum([...assuranceLevels], {
  title: 'an assurance level: single-factor, multi-factor or phishing-resistant',
});
const assurance = T.Union([level, T.Object({ level, age: length }, closed)], {
  title: 'an assurance level, or a map with level and age',
});
const onCall = T.Record(
  T.String(),
  T.Union(
    [
      T.Literal('down', { title: "'down', or a list of names under people" }),
      T.Array(person, { title: "'down', or a list of names under people", maxItems: 100 }),
    ],
    { title: "'down', or a list of names under people" },
  ),
  {
    title: 'a map of schedules, each with who is on call or `down`',
    propertyNames: { pattern: scheduleNamePattern },
  },
);
const guardrails = T.Object(
  {
    maxDuration: T.Optional(length),
    minApprovals: T.Optional(T.Integer({ title: 'a whole number from 0 to 10', minimum: 0, maximum: 10 })),
    minAssuranceIssue: T.Optional(level),
    forbiddenRoles: T.Optional(
      T.Array(words('the name of a role, as text', 200), { title: 'a list of roles', maxItems: 100 }),
    ),
  },
  { ...closed, title: 'a map with maxDuration, minApprovals, minAssuranceIssue or forbiddenRoles' },
);

const Person = T.Object(
  {
    groups: T.Optional(
      T.Array(words('the name of a group, as text', 256), { title: 'a list of group names', maxItems: 200 }),
    ),
    subject: T.Optional(words('a subject, as text', 255)),
    manager: T.Optional(person),
    active: T.Optional(T.Boolean({ title: 'true or false' })),
    dropped: T.Optional(
      T.Array(T.String({ title: 'the id of an entitlement', pattern: idPattern }), {
        title: 'a list of entitlements',
        minItems: 1,
        maxItems: 50,
      }),
    ),
    answersFor: T.Optional(
      T.Array(person, { title: 'a list of names under people', minItems: 1, maxItems: 10 }),
    ),
  },
  { ...closed, title: 'a map with groups, subject, manager, active, dropped or answersFor' },
);

const narrow = T.Object(
  {
    for: T.Optional(length),
    entitlements: T.Optional(
      T.Array(T.String({ title: 'the id of an entitlement', pattern: idPattern }), {
        title: 'a list of entitlements',
        minItems: 1,
        maxItems: 10,
      }),
    ),
  },
  { ...closed, title: 'a map with for or entitlements' },
);

const Answer = T.Object(
  {
    by: person,
    decision: T.Enum(['approve', 'deny'], { title: 'approve or deny' }),
    after: T.Optional(length),
    narrow: T.Optional(narrow),
    assurance: T.Optional(assurance),
    refused: T.Optional(words('the rule or the code by which it is refused, as text', 300)),
  },
  { ...closed, title: 'a map with by and decision' },
);

const Asks = T.Object(
  {
    entitlements: T.Array(words('the id of an entitlement or the name of a bundle', 200), {
      title: 'a list of entitlements',
      minItems: 1,
      maxItems: 10,
    }),
    for: length,
    because: T.Optional(words('a reason, as text')),
    ticket: T.Optional(words('a ticket, as text', 100)),
    colleague: T.Optional(person),
    startAt: T.Optional(instant),
    choices: T.Optional(
      T.Record(
        T.String(),
        T.Object(
          {
            choice: words('the name of a choice', 100),
            parameters: T.Optional(
              T.Record(T.String(), T.String({ title: 'a value, as text' }), { title: 'a map of values' }),
            ),
          },
          { ...closed, title: 'a map with choice' },
        ),
        { title: 'a map of choices by entitlement' },
      ),
    ),
    breakGlass: T.Optional(T.Boolean({ title: 'true or false' })),
    from: T.Optional(words('an IP address, as text', 50)),
    assurance: T.Optional(assurance),
  },
  { ...closed, title: 'a map with entitlements and for' },
);

export const outcomes = ['approved', 'denied', 'refused', 'pending', 'expired', 'invalid'] as const;

const Expect = T.Object(
  {
    outcome: T.Enum([...outcomes], {
      title: 'an outcome: approved, denied, refused, pending, expired or invalid',
    }),
    by: T.Optional(words('a rule such as prod/admin#rules.freeze, as text', 300)),
    waitsFor: T.Optional(
      T.Array(words('the name of a step, or of somebody under people', 50), {
        title: 'a list of steps or people',
        maxItems: 50,
      }),
    ),
    grantFor: T.Optional(length),
  },
  { ...closed, title: 'a map with outcome' },
);

const Case = T.Object(
  {
    name: words('a name, as text', 200),
    shows: T.Optional(
      T.Array(words('the name of a feature', 50), { title: 'a list of features', minItems: 1, maxItems: 20 }),
    ),
    at: T.Optional(instant),
    guardrails: T.Optional(guardrails),
    onCall: T.Optional(onCall),
    who: T.Optional(person),
    asks: T.Optional(Asks),
    answers: T.Optional(T.Array(Answer, { title: 'a list of answers', minItems: 1, maxItems: 50 })),
    lookedAtAfter: T.Optional(length),
    expect: Expect,
  },
  { ...closed, title: 'a map that describes a case' },
);

export const CasesFile = T.Object(
  {
    catalog: T.Optional(words('the path of a catalog, from here, as text', 500)),
    at: T.Optional(instant),
    people: T.Record(T.String(), Person, {
      title: 'a map of people',
      propertyNames: { pattern: personKeyPattern, maxLength: 50 },
      minProperties: 1,
    }),
    onCall: T.Optional(onCall),
    cases: T.Array(Case, { title: 'a list of cases', minItems: 1, maxItems: 1000 }),
  },
  { ...closed, title: 'Daypass catalog cases' },
);

export type CasesFile = Static<typeof CasesFile>;
export type CaseEntry = CasesFile['cases'][number];
export type AnswerEntry = NonNullable<CaseEntry['answers']>[number];
export type AssuranceText = NonNullable<AnswerEntry['assurance']>;
export type PersonEntry = Static<typeof Person>;
