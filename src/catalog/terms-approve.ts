import { Type as T, type Static } from 'typebox';
import { ranges } from './limits.ts';
import { mostSteps, stepNamePattern } from './schema-approve.ts';
import type { Entitlement, Step, Who } from './types.ts';

// Who asks and who approves, as stored in terms. What is not there is left out, so that what was written before steps, people
// and rules existed keeps its digest.

const closed = { additionalProperties: false };
const text = T.String({ minLength: 1 });
const texts = T.Array(text, { minItems: 1, uniqueItems: true });

export const WhoTerms = T.Object(
  {
    groups: T.Optional(texts),
    people: T.Optional(texts),
    manager: T.Optional(T.Literal(true)),
    onCall: T.Optional(texts),
  },
  closed,
);

const StepTerms = T.Object(
  {
    name: T.String({ pattern: stepNamePattern }),
    who: WhoTerms,
    count: T.Union([T.Integer({ minimum: 1, maximum: 10 }), T.Literal('all')]),
    when: T.Optional(text),
    escalate: T.Optional(
      T.Object(
        {
          afterSeconds: T.Integer({ minimum: ranges.escalate.min, maximum: ranges.escalate.max }),
          who: WhoTerms,
        },
        closed,
      ),
    ),
    delegates: T.Optional(WhoTerms),
  },
  closed,
);

export const ApproveTerms = T.Union([
  T.Object({ groups: texts, count: T.Integer({ minimum: 1, maximum: 10 }) }, closed),
  T.Object({ steps: T.Array(StepTerms, { minItems: 1, maxItems: mostSteps }) }, closed),
]);
export type ApproveTerms = Static<typeof ApproveTerms>;

export const AskTerms = T.Union([
  T.Object({ groups: texts, people: T.Optional(texts) }, closed),
  T.Object({ groups: T.Array(text, { maxItems: 0 }), people: texts }, closed),
]);
export type AskTerms = Static<typeof AskTerms>;

export const RulesTerms = T.Array(
  T.Object({ name: text, when: text, effect: T.Enum(['deny', 'approve']), because: text }, closed),
  { minItems: 1 },
);

export function askTerms({ groups, people }: Entitlement['ask']): AskTerms {
  const sorted = groups.toSorted();
  return people === undefined ? { groups: sorted } : { groups: sorted, people: people.toSorted() };
}

export function approveTerms(approve: Entitlement['approve']): ApproveTerms {
  if ('steps' in approve) return { steps: approve.steps.map(stepTerms) };
  return { groups: approve.groups.toSorted(), count: approve.count };
}

function stepTerms({ name, who, count, when, escalate, delegates }: Step): Static<typeof StepTerms> {
  return {
    name,
    who: whoTerms(who),
    count,
    ...(when === undefined ? {} : { when }),
    ...(escalate === undefined
      ? {}
      : { escalate: { afterSeconds: escalate.afterSeconds, who: whoTerms(escalate.who) } }),
    ...(delegates === undefined ? {} : { delegates: whoTerms(delegates) }),
  };
}

export function whoTerms({ groups, people, manager, onCall }: Who): Static<typeof WhoTerms> {
  return {
    ...(groups === undefined ? {} : { groups: groups.toSorted() }),
    ...(people === undefined ? {} : { people: people.toSorted() }),
    ...(manager === true ? { manager: true as const } : {}),
    ...(onCall === undefined ? {} : { onCall: onCall.toSorted() }),
  };
}
