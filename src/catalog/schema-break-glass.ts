import { type TEnum, Type as T, type Static } from 'typebox';
import { durationPattern, formatDuration } from './duration.ts';
import { defaults, ranges } from './limits.ts';
import { peopleList, Who } from './schema-approve.ts';
import { duration } from './schema-parts.ts';
import type { AssuranceLevel } from './types.ts';

// What is left when nobody can be waited for: named people give themselves access, and others look at it afterwards.

const closed = { additionalProperties: false };

const FollowUp = T.Object(
  {
    by: Who,
    within: T.Optional(
      duration(
        'How long after the use it must have been looked at.',
        ranges.followUp,
        defaults.followUpSeconds,
      ),
    ),
    escalate: T.Optional(
      T.Object(
        {
          after: T.Optional(
            duration('How long after the use. Left out: the same as within.', ranges.followUp),
          ),
          to: Who,
        },
        {
          ...closed,
          title: 'a map with after and to',
          description: 'Who may look at it as well from then on. They are told once it is overdue.',
        },
      ),
    ),
  },
  {
    ...closed,
    title: 'a map with by, within and escalate',
    description:
      'Who looks at each use afterwards, never the person who used it. While one is overdue, that person may not use any.',
  },
);

/** @param level the levels of assurance */
export function breakGlassEntry(level: TEnum<AssuranceLevel[]>) {
  const age = formatDuration(defaults.breakGlassMaxAgeSeconds);
  const maxAge = T.String({
    title: "'any' or a duration such as 5m",
    description: `How long ago it may have been proven, at most. ${formatDuration(ranges.maxAge.min)} to ${formatDuration(ranges.maxAge.max)}, or any. Left out: ${age}.`,
    pattern: `^(?:any|${durationPattern.slice(1, -1)})$`,
    default: age,
  });
  return T.Object(
    {
      people: peopleList(
        'Who may use it: these people, by their names under people. No group: whoever it is must be known beforehand.',
      ),
      maxDuration: T.Optional(
        duration(
          `Shorter than maxDuration of the entitlement. Left out: ${formatDuration(defaults.breakGlassSeconds)}, or half of that maxDuration where that is not shorter.`,
          ranges.breakGlass,
        ),
      ),
      assurance: T.Optional(
        T.Union([level, T.Object({ level, maxAge: T.Optional(maxAge) }, closed)], {
          title: 'an assurance level, or a map with level and maxAge',
          description: `Demanded at once: at least the strongest that the entitlement demands anywhere. Left out: that strongest, proven at most ${age} ago.`,
        }),
      ),
      followUp: FollowUp,
    },
    {
      ...closed,
      title: 'a map with people and followUp',
      description:
        'Who may give themselves access at once, when nobody can be waited for. Rules and steps are not asked; everybody concerned is told.',
    },
  );
}
export type BreakGlassEntry = Static<ReturnType<typeof breakGlassEntry>>;
