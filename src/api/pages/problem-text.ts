import { type Problem, problemBody } from '../problem.ts';
import { html, type Html } from './html.ts';

const titles: Partial<Record<Problem['code'], string>> = {
  sign_in_failed: 'The sign-in failed',
  conflict: 'That cannot be done now',
  already_decided: 'Already decided',
  not_active: 'Not active',
  outside_hours: 'Not at this hour',
  idempotency_mismatch: 'Sent before with something else in it',
  not_possible: 'That is not possible',
  rate_limited: 'Too many tries',
  factor_locked: 'Too many wrong codes',
  aws_refused: 'AWS refused',
  aws_wrong_identity: 'AWS gave something else',
  aws_unavailable: 'AWS cannot be reached',
  idp_unavailable: 'The identity provider cannot be reached',
  audit_unavailable: 'Not available right now',
  closed: 'Closed until two operators have confirmed',
  unavailable: 'Not available right now',
  method_not_allowed: 'Not an address to open by itself',
  too_large: 'Too much at once',
};

/** What went wrong, as a heading: without the jargon of HTTP. */
export function problemTitle(problem: Problem, requestId: string): string {
  return titles[problem.code] ?? String(problemBody(problem, requestId)['title']);
}

/** What went wrong and what to do, as sentences: details begin with the name of a field, which callers of the API read. */
export function problemText({ detail }: Problem): Html {
  return html`<p class="problem" role="alert" id="fault">${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}</p>`;
}
