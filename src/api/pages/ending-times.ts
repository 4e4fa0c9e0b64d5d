import type { GrantView } from '../../broker/view.ts';
import { html, type Html } from './html.ts';
import { timeLeft, timeText } from './time-text.ts';

/** The three times of a grant that is over: no new use, denied in AWS, nothing left to use. Null while it lives. */
export function endingTimes(
  grant: Pick<GrantView, 'state' | 'endedBecause' | 'endingSince' | 'deniedAt' | 'lastPossibleUse'>,
  now: Date,
): Html | null {
  const { endingSince, lastPossibleUse } = grant;
  if (endingSince === null) return null;
  return html`<dl>
<dt>Ended for new use</dt><dd>${timeText(endingSince)}</dd>
${deniedText(grant)}
${lastPossibleUse === null ? null : html`<dt>Last possible use</dt><dd>${lastUseText(lastPossibleUse, now)}${grant.deniedAt === null ? null : ', of what no deny stops, such as proving who you are'}</dd>`}
</dl>`;
}

function deniedText({
  state,
  endedBecause,
  deniedAt,
  lastPossibleUse,
}: Parameters<typeof endingTimes>[0]): Html | null {
  if (deniedAt !== null) {
    return html`<dt>Denied in AWS</dt><dd>read back ${timeText(deniedAt)}; in force everywhere within seconds as a rule, a few minutes at most</dd>`;
  }
  // Each session's own policy denies everything from a natural end on; what was never issued needs no deny.
  if (endedBecause === 'expired' || lastPossibleUse === null || state !== 'ending') return null;
  return html`<dt>Denied in AWS</dt><dd>not yet: Daypass goes on with it by itself</dd>`;
}

function lastUseText(lastPossibleUse: string, now: Date): Html {
  const left = new Date(lastPossibleUse) > now ? ` (${timeLeft(lastPossibleUse, now)})` : '';
  return html`${timeText(lastPossibleUse)}${left}`;
}
