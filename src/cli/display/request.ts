import type { Request } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { nameOf, waitingFor } from './people.ts';
import { facts } from './table.ts';
import { formatDistance, formatTime } from './time.ts';

/** One request for people: what was asked, by whom, where it stands; on a terminal of so many columns. */
export function describeRequest(request: Request, now: Date, columns: number | undefined): string {
  const rows: [string, string][] = [
    ['request', request.id ?? '(dry run: nothing was asked)'],
    ['state', request.state],
    ['who', nameOf(request.requester)],
    ['for', formatDuration(request.durationSeconds)],
    ['because', request.reason ?? '(erased)'],
  ];
  for (const entitlement of request.entitlements) {
    rows.push([
      'access',
      `${entitlement.id} in ${entitlement.account.name} (${entitlement.account.id}): ${entitlement.description}`,
    ]);
  }
  if (request.ticket !== null) rows.push(['ticket', request.ticket]);
  if (request.startAt !== null) rows.push(['from', formatTime(request.startAt)]);
  if (request.waitingFor.length > 0) rows.push(['waiting for', waitingFor(request)]);
  if (request.state === 'pending') rows.push(['expires', formatDistance(request.expiresAt, now)]);
  for (const review of request.reviews) {
    const comment = review.comment === null ? '' : `: ${review.comment}`;
    rows.push([review.decision, `by ${nameOf(review.reviewer)}, ${formatTime(review.createdAt)}${comment}`]);
  }
  for (const grant of request.grants) {
    rows.push(['grant', `${grant.id} ${grant.entitlement} ${grant.state} until ${formatTime(grant.endsAt)}`]);
  }
  return facts(rows, columns);
}
