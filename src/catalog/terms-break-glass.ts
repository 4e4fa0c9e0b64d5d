import { Type as T, type Static } from 'typebox';
import { ranges } from './limits.ts';
import { whoTerms, WhoTerms } from './terms-approve.ts';
import { assuranceLevels, type BreakGlass } from './types.ts';

// Break-glass as stored in terms.

const closed = { additionalProperties: false };
const followUpSeconds = T.Integer({ minimum: ranges.followUp.min, maximum: ranges.followUp.max });

export const BreakGlassTerms = T.Object(
  {
    people: T.Array(T.String({ minLength: 1 }), { minItems: 1, uniqueItems: true }),
    maxDurationSeconds: T.Integer({ minimum: ranges.breakGlass.min, maximum: ranges.breakGlass.max }),
    assurance: T.Object(
      {
        level: T.Enum([...assuranceLevels]),
        maxAgeSeconds: T.Union([
          T.Integer({ minimum: ranges.maxAge.min, maximum: ranges.maxAge.max }),
          T.Null(),
        ]),
      },
      closed,
    ),
    followUp: T.Object(
      {
        by: WhoTerms,
        withinSeconds: followUpSeconds,
        escalate: T.Optional(T.Object({ afterSeconds: followUpSeconds, to: WhoTerms }, closed)),
      },
      closed,
    ),
  },
  closed,
);
export type BreakGlassTerms = Static<typeof BreakGlassTerms>;

export function breakGlassTerms({
  people,
  maxDurationSeconds,
  assurance,
  followUp: { by, withinSeconds, escalate },
}: BreakGlass): BreakGlassTerms {
  return {
    people: people.toSorted(),
    maxDurationSeconds,
    assurance: { ...assurance },
    followUp: {
      by: whoTerms(by),
      withinSeconds,
      ...(escalate === undefined
        ? {}
        : { escalate: { afterSeconds: escalate.afterSeconds, to: whoTerms(escalate.to) } }),
    },
  };
}
