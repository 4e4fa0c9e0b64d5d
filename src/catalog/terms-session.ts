import { type Static, Type as T } from 'typebox';
import {
  actionPattern,
  choiceNamePattern,
  maxNameLength,
  parameterNamePattern,
  tagKeyPattern,
  tagValuePattern,
} from './schema-session.ts';
import { type PickedChoice, type SessionConditions, weekDays } from './types.ts';

// The part of the stored terms that narrows sessions. It goes into policies word for word, so that nothing is read back
// which could end a string, an ARN or a place in one.

const closed = { additionalProperties: false };
const list = (pattern: string) => T.Array(T.String({ pattern }), { minItems: 1, uniqueItems: true });
const tags = T.Record(T.String({ pattern: tagKeyPattern }), list(tagValuePattern), {
  additionalProperties: false,
});

export const ConditionsTerms = T.Object(
  {
    addresses: T.Optional(list('^[0-9A-Fa-f.:]+/[0-9]{1,3}$')),
    vpcEndpoints: T.Optional(list('^vpce-[0-9a-f]+$')),
    regions: T.Optional(list('^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$')),
    tls: T.Optional(T.Literal(true)),
    resourceTags: T.Optional(tags),
    untagged: T.Optional(list(actionPattern)),
    assurance: T.Optional(T.Enum(['multi-factor', 'phishing-resistant'])),
    hours: T.Optional(
      T.Object(
        {
          days: T.Array(T.Enum([...weekDays]), { minItems: 1, uniqueItems: true }),
          from: T.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' }),
          to: T.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' }),
          zone: T.String({ pattern: '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$' }),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const ChoiceTerms = T.Object(
  {
    name: T.String({ pattern: choiceNamePattern, maxLength: maxNameLength }),
    description: T.String({ minLength: 1 }),
    parameters: T.Record(
      T.String({ pattern: parameterNamePattern }),
      T.String({ minLength: 1, maxLength: 512 }),
      {
        additionalProperties: false,
      },
    ),
    allow: T.Object(
      {
        actions: list(actionPattern),
        resources: list('^(?:\\*|arn:aws[a-z-]*:[^"\\\\{}$\\s]+)$'),
        resourceTags: T.Optional(tags),
      },
      closed,
    ),
  },
  closed,
);
export type ChoiceTerms = Static<typeof ChoiceTerms>;

/** Conditions as plain JSON. */
export function conditionsTerms(conditions: SessionConditions): Static<typeof ConditionsTerms> {
  // The same but for `readonly`: a copy may be written to.
  return structuredClone(conditions) as Static<typeof ConditionsTerms>;
}

/** A picked choice as plain JSON. */
export function choiceTerms(choice: PickedChoice): ChoiceTerms {
  const { name, description, parameters, allow } = choice;
  return {
    name,
    description,
    parameters: { ...parameters },
    allow: {
      actions: [...allow.actions],
      resources: [...allow.resources],
      ...(allow.resourceTags === undefined
        ? {}
        : {
            resourceTags: Object.fromEntries(
              Object.entries(allow.resourceTags).map(([key, values]) => [key, [...values]]),
            ),
          }),
    },
  };
}
