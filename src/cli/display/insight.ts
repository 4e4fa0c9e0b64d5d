import type { Insight } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { facts } from './table.ts';
import { formatDistance, formatTime } from './time.ts';

type Part = Insight['entitlements'][number];

/** What a request is to be judged by, for the person who is about to answer; on a terminal of so many columns. */
export function describeInsight(insight: Insight, now: Date, columns: number | undefined): string {
  return facts(
    insight.entitlements.flatMap((part) => rowsOf(part, now)),
    columns,
  );
}

function rowsOf(part: Part, now: Date): [string, string][] {
  const { lastUsedAt, typicalUseSeconds, asked, denied, lastGrants, actions, limits, narrower } = part;
  const typical = typicalUseSeconds === null ? '' : `, typically for ${formatDuration(typicalUseSeconds)}`;
  return [
    ['about', part.id],
    [
      'used',
      lastUsedAt === null ? 'never, as far as Daypass sees' : `${formatDistance(lastUsedAt, now)}${typical}`,
    ],
    ['asked', `${asked === 1 ? 'once' : `${asked} times`} in 90 days before, ${denied} denied`],
    ...lastGrants.map((grant): [string, string] => ['before', pastGrant(grant)]),
    [
      'it can',
      [actions === null ? 'the catalog does not say what' : actions.join(', '), ...limits].join('; '),
    ],
    ...narrower.map((less): [string, string] => ['less', narrowerForm(less)]),
  ];
}

function pastGrant({ startsAt, used, sessions, usedSeconds, state }: Part['lastGrants'][number]): string {
  const use =
    used === null
      ? 'used at the portal, which Daypass does not see'
      : used
        ? `${sessions} ${sessions === 1 ? 'session' : 'sessions'} in ${formatDuration(usedSeconds ?? 0)}`
        : 'not used';
  return `${formatTime(startsAt)}: ${use} (${state})`;
}

function narrowerForm({ id, choice, description, maxDurationSeconds }: Part['narrower'][number]): string {
  const named = choice === null ? id : `${id}:${choice}`;
  return `${named}: ${description}, for up to ${formatDuration(maxDurationSeconds)}`;
}
