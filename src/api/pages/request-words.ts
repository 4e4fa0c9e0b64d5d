import type { RequestView } from '../../approvals/view.ts';
import { html, type Html } from './html.ts';

const states: Readonly<Record<string, string>> = {
  pending: 'Waiting for approval',
  approved: 'Approved',
  denied: 'Denied',
  cancelled: 'Cancelled',
  expired: 'Expired unanswered',
  scheduled: 'Starts later',
  activating: 'Being set up',
  active: 'Active',
  failed: 'Failed',
  ending: 'Ending',
  ended: 'Ended',
};

/** A state as people say it. */
export function stateText(state: string): Html {
  return html`<span class="state">${states[state] ?? state}</span>`;
}

/** The name of a person, or the id when no name is known. */
export function personText(person: { readonly id: string; readonly name: string | null }): string {
  return person.name ?? person.id;
}

/** What a request is for, in a line. */
export function entitlementsText(request: Pick<RequestView, 'entitlements'>): string {
  return request.entitlements.map((entitlement) => entitlement.id).join(', ');
}
