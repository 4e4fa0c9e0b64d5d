import type { Request } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { allowanceText, choiceText } from './choice.ts';
import { nameOf, waitingFor, whose } from './people.ts';
import { facts } from './table.ts';
import { formatDistance, formatTime } from './time.ts';

function length({ durationSeconds, extends: extended }: Request): [string, string][] {
  if (extended === null) return [['for', formatDuration(durationSeconds)]];
  const by = formatDuration(durationSeconds);
  return [
    [
      'extends',
      `${extended.grant} by ${by}: from ${formatTime(extended.from)} to ${formatTime(extended.to)}`,
    ],
  ];
}

function breakGlassOf({ breakGlass }: Request): [string, string][] {
  if (!breakGlass) return [];
  return [['break-glass', 'nobody was asked; others look at it afterwards: daypass follow-ups --all']];
}

function outside({ outside: sponsorship }: Request): [string, string][] {
  if (sponsorship === null) return [];
  const { sponsor, until } = sponsorship;
  const by = sponsor === null ? 'nobody answers for them' : `${nameOf(sponsor)} answers for them`;
  return [['from outside', `${by}${until === null ? '' : `, until ${formatTime(until)}`}`]];
}

/** One request for people: what was asked, by whom, where it stands; on a terminal of so many columns. */
export function describeRequest(request: Request, now: Date, columns: number | undefined): string {
  const rows: [string, string][] = [
    ['request', request.id ?? '(dry run: nothing was asked)'],
    ['state', stateText(request)],
    ...breakGlassOf(request),
    ['who', whose(request)],
    ...outside(request),
    ...length(request),
    ['because', request.reason ?? '(erased)'],
  ];
  for (const entitlement of request.entitlements) {
    rows.push([
      'access',
      `${entitlement.id} in ${entitlement.account.name} (${entitlement.account.id}): ${entitlement.description}`,
    ]);
    const { choice } = entitlement;
    if (choice !== null) {
      rows.push(['narrowed to', `${choiceText(choice)}: ${choice.description}`]);
      rows.push(['which allows', allowanceText(choice)]);
    }
    for (const condition of entitlement.conditions) rows.push(['and', condition]);
  }
  if (request.bundles.length > 0) rows.push(['asked as', request.bundles.join(', ')]);
  if (request.ticket !== null) rows.push(['ticket', request.ticket]);
  if (request.startAt !== null) rows.push(['from', formatTime(request.startAt)]);
  if (request.id === null && request.wouldStartAt !== undefined && request.wouldEndAt !== undefined) {
    rows.push([
      'would last',
      `from ${formatTime(request.wouldStartAt)} to ${formatTime(request.wouldEndAt)}, were it approved now`,
    ]);
  }
  for (const { entitlement, rule, because } of request.approvedByRule) {
    rows.push(['by rule', `${entitlement} is approved without anybody being asked: ${because} (${rule})`]);
  }
  if (request.waitingFor.length > 0) rows.push(['waiting for', waitingFor(request)]);
  for (const { step, since, escalates } of request.waitingFor) {
    // The only step of a short rule says nothing that is not said above.
    if (step === 'approval' && escalates === null) continue;
    const more = escalates === null ? '' : `, ${formatDistance(escalates.at, now)} also ${escalates.whom}`;
    rows.push(['step', `${step}, since ${formatTime(since)}${more}`]);
  }
  for (const { entitlement, message, stops } of request.warnings) {
    const cannot = stops
      ? ' It cannot be approved while this is so: an operator must look at daypass doctor.'
      : '';
    rows.push(['beware', `${entitlement}: ${message}${cannot}`]);
  }
  if (request.state === 'pending') rows.push(['expires', formatDistance(request.expiresAt, now)]);
  for (const review of request.reviews) {
    const comment = review.comment === null ? '' : `: ${review.comment}`;
    const { onBehalfOf, withdrawnAt } = review;
    const principal = onBehalfOf === null ? '' : ` for ${nameOf(onBehalfOf)}`;
    const taken = withdrawnAt === null ? '' : ` (taken back ${formatTime(withdrawnAt)})`;
    rows.push([
      review.decision,
      `by ${nameOf(review.reviewer)}${principal}, ${formatTime(review.createdAt)}${taken}${comment}`,
    ]);
  }
  for (const { author, text, question, createdAt } of request.comments) {
    rows.push([
      question ? 'question' : 'comment',
      `by ${nameOf(author)}, ${formatTime(createdAt)}: ${text ?? '(erased)'}`,
    ]);
  }
  if (request.question !== null) rows.push(['open', `the question of ${nameOf(request.question.by)}`]);
  for (const grant of request.grants) {
    rows.push(['grant', `${grant.id} ${grant.entitlement} ${grant.state} until ${formatTime(grant.endsAt)}`]);
  }
  return facts(rows, columns);
}

// In a dry run nothing is decided, and where rules approve all of it nobody is waited for.
function stateText({ id, state, waitingFor: waited }: Request): string {
  return id === null && waited.length === 0 ? 'would be approved at once' : state;
}
