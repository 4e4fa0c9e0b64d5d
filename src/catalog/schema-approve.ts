import { Type as T, type Static } from 'typebox';
import { formatDuration } from './duration.ts';
import { defaults, ranges } from './limits.ts';
import { conditionText } from './rules/schema-rules.ts';
import { sponsoredFields } from './schema-eligibility.ts';
import { scheduleNamePattern } from './schema-on-call.ts';
import { duration, groupList, text } from './schema-parts.ts';

// Who approves: one step, or several in order.

const closed = { additionalProperties: false };
export const personKeyPattern = '^[a-z0-9][a-z0-9-]*$';
export const stepNamePattern = '^[a-z][a-z0-9-]{0,39}$';
export const mostSteps = 5;

const personKey = T.String({ title: 'the name of somebody under people', pattern: personKeyPattern });

export function peopleList(description: string) {
  return T.Array(personKey, {
    title: 'a list of names under people',
    description,
    minItems: 1,
    maxItems: 100,
  });
}

const yes = (description: string) => T.Literal(true, { title: 'true', description });

const whoFields = {
  groups: T.Optional(groupList('Members of any of these groups.', 100)),
  people: T.Optional(peopleList('These people, by their names under people.')),
  accountOwner: T.Optional(yes("The owners of the entitlement's account.")),
  manager: T.Optional(
    yes(
      'The manager of whoever is to get the access, as the identity provider says. Nobody where it says none.',
    ),
  ),
  onCall: T.Optional(
    T.Array(T.String({ title: 'the name of a schedule under onCall', pattern: scheduleNamePattern }), {
      title: 'a list of schedules',
      description: 'Whoever is on call. Nobody while the source of the schedule cannot be read.',
      minItems: 1,
      maxItems: 10,
    }),
  ),
};

export const Who = T.Object(whoFields, {
  ...closed,
  title: 'a map with groups, people, accountOwner, manager or onCall',
});
export type WhoEntry = Static<typeof Who>;

// Relative and on-call people come and go; a right is handed over to people who are known beforehand.
const Delegates = T.Object(
  { groups: whoFields.groups, people: whoFields.people },
  {
    ...closed,
    title: 'a map with groups or people',
    description: 'To whom those who may answer may hand their right for a while. Left out: to nobody.',
  },
);

const stepFields = {
  ...whoFields,
  count: T.Optional(
    T.Union([T.Literal('all'), T.Integer({ minimum: 1, maximum: 10 })], {
      title: "a whole number from 1 to 10, or 'all'",
      description: "How many different people must approve; 'all': every one of the people that are named.",
      default: defaults.approveCount,
    }),
  ),
  escalate: T.Optional(
    T.Object(
      {
        after: duration('How long after its turn came.', ranges.escalate),
        to: Who,
      },
      {
        ...closed,
        title: 'a map with after and to',
        description: `Who may answer as well, once the step has waited for ${formatDuration(ranges.escalate.min)} or longer.`,
      },
    ),
  ),
  delegates: T.Optional(Delegates),
};

const StepEntry = T.Object(
  {
    name: T.String({
      title: 'the name of a step: lower-case letters, digits and -',
      pattern: stepNamePattern,
    }),
    ...stepFields,
    when: T.Optional(conditionText('The step is asked for only where this holds.')),
  },
  { ...closed, title: 'a map that describes a step' },
);
export type StepEntry = Static<typeof StepEntry>;

export const ApproveEntry = T.Object(
  {
    ...stepFields,
    steps: T.Optional(
      T.Array(StepEntry, {
        title: 'a list of steps',
        description:
          'Taken in order; one person counts once in all of them. In place of everything else here.',
        minItems: 1,
        maxItems: mostSteps,
      }),
    ),
  },
  { ...closed, title: 'a map with groups, or with steps', description: 'Who approves, never the requester.' },
);
export type ApproveEntry = Static<typeof ApproveEntry>;

export const AskEntry = T.Object(
  {
    groups: T.Optional(groupList('Who may ask: members of any of these groups.', 100)),
    people: T.Optional(peopleList('Who may ask: these people, by their names under people.')),
  },
  { ...closed, title: 'a map with groups or people' },
);

export const People = T.Record(
  T.String(),
  T.Object(
    {
      subject: text(
        'a subject, as text: the `sub` that the identity provider sends',
        255,
        'Names and addresses change and are given to others; this does not.',
      ),
      ...sponsoredFields(personKeyPattern),
    },
    { ...closed, title: 'a map with subject' },
  ),
  {
    title: 'a map of people',
    description: 'Everybody that rules name, by a name of your own.',
    propertyNames: { pattern: personKeyPattern, maxLength: 50 },
    minProperties: 1,
  },
);
