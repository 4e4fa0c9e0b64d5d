import { Type as T } from 'typebox';
import { maxConditionLength } from './condition.ts';

// The rules of an entitlement: their part of the file's shape.

export const maxRules = 20;
export const ruleNamePattern = '^[a-z0-9][a-z0-9-]*$';
export const maxRuleNameLength = 50;

/** A condition in CEL. */
export function conditionText(description: string) {
  return T.String({
    title: 'a condition in CEL, as text',
    description,
    minLength: 1,
    maxLength: maxConditionLength,
  });
}

const RuleEntry = T.Object(
  {
    deny: T.Optional(
      conditionText('Where it holds, or cannot be decided, a request is denied. Wins over approve.'),
    ),
    approve: T.Optional(
      conditionText('Where it holds, a request is approved without asking anybody, unless a rule denies it.'),
    ),
    because: T.String({
      title: 'a reason, as text',
      description: 'Why, for the people who ask.',
      minLength: 1,
      maxLength: 200,
      pattern: '^[^\\s\\p{C}][\\P{C}]*$',
    }),
  },
  { additionalProperties: false, title: 'a map with deny or approve, and because' },
);

export const Rules = T.Record(T.String(), RuleEntry, {
  title: `a map of at most ${maxRules} rules`,
  description:
    'Conditions on a request for this entitlement, by name: each denies it, or approves it without asking anybody. Deny wins.',
  propertyNames: { pattern: ruleNamePattern, maxLength: maxRuleNameLength },
  minProperties: 1,
  maxProperties: maxRules,
});
