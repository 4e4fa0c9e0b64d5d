import type { Grant } from '../api.ts';
import { formatDistance, formatTime } from './time.ts';

type Ended = Pick<Grant, 'state' | 'endedBecause' | 'endingSince' | 'deniedAt' | 'lastPossibleUse'>;

/** The three times of a grant that is over, as facts: no new use, denied in AWS, nothing left to use. */
export function endingFacts(grant: Ended): [name: string, value: string][] {
  const { endingSince, lastPossibleUse } = grant;
  const undeniable = grant.deniedAt === null ? '' : ', of what no deny stops, such as proving who you are';
  return [
    ['ended for new use', endingSince === null ? 'not yet' : formatTime(endingSince)],
    ['denied in AWS', deniedText(grant)],
    [
      'last possible use',
      lastPossibleUse === null ? 'nothing was issued' : `${formatTime(lastPossibleUse)}${undeniable}`,
    ],
  ];
}

/** The same three, each in a cell of a table. */
export function endingCells(
  grant: Ended,
  now: Date,
): [endedForNewUse: string, denied: string, lastUse: string] {
  const distance = (instant: string | null) => (instant === null ? '-' : formatDistance(instant, now));
  const denied = grant.deniedAt !== null || !waitsForDeny(grant) ? distance(grant.deniedAt) : 'not yet';
  return [distance(grant.endingSince), denied, distance(grant.lastPossibleUse)];
}

/** Was something issued under it that AWS has to deny, and does not as far as is known? */
export function waitsForDeny({ state, endedBecause, deniedAt, lastPossibleUse }: Ended): boolean {
  return state === 'ending' && endedBecause !== 'expired' && deniedAt === null && lastPossibleUse !== null;
}

function deniedText(grant: Ended): string {
  if (grant.deniedAt !== null) {
    return `read back ${formatTime(grant.deniedAt)}; in force everywhere within seconds as a rule, a few minutes at most`;
  }
  if (waitsForDeny(grant)) return 'not yet: Daypass goes on with it by itself';
  return grant.endedBecause === 'expired'
    ? 'by the policy of each session, from the end on'
    : 'nothing to deny';
}
