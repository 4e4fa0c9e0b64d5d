import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { listOffers } from '../../approvals/list-offers.ts';
import { maxWords } from '../../approvals/submission.ts';
import type { Offer } from '../../approvals/offer.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { Problem } from '../problem.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';
import { problemText } from './problem-text.ts';
import { lengthText } from './time-text.ts';

/** What the form holds: as a link prefilled it, or as it came back with a fault. */
export interface NewRequestFields {
  readonly entitlement?: string;
  readonly duration?: string;
  readonly reason?: string;
  readonly ticket?: string;
}

/** The form to ask, with what was filled in before and what was wrong with it. */
export async function showNewRequest(
  deps: ApiDeps,
  caller: Caller,
  reply: FastifyReply,
  fields: NewRequestFields,
  problem: Problem | null = null,
): Promise<FastifyReply> {
  const offers = (await listOffers(deps.approvals, caller)).filter((offer) => offer.mayAsk);
  return sendPage(deps, reply, caller, {
    title: 'Ask for access',
    ...(problem === null ? {} : { tabTitle: 'Not sent: Ask for access' }),
    body: offers.length === 0 ? nothing : form(deps, caller, offers, fields, problem),
  });
}

const nothing = html`<p>There is nothing that you may ask for. An operator can tell you which group gives access.</p>`;

function form(
  deps: ApiDeps,
  caller: Caller,
  offers: readonly Offer[],
  fields: NewRequestFields,
  problem: Problem | null,
): Html {
  const fault = problem === null ? null : problemText(problem);
  // Browsers drop the first newline inside a textarea (HTML 13.2.6.4.7): the one written here, not one of the reason.
  return html`${fault}
<form method="post" action="/requests/new">${tokenField(deps, caller)}
<input type="hidden" name="idempotencyKey" value="${randomUUID()}">
<label for="entitlement">What</label>
<select id="entitlement" name="entitlement" required>${offers.map((offer) => option(offer, fields.entitlement))}</select>
<details><summary>What these are for</summary><dl>${offers.map(about)}</dl></details>
<label for="duration">For how long</label>
<input id="duration" name="duration" required maxlength="20" value="${fields.duration ?? '1h'}" aria-describedby="duration-hint">
<p class="quiet" id="duration-hint">Such as 15m, 1h or 1h30m. It counts from approval.</p>
<label for="reason">Reason</label>
<textarea id="reason" name="reason" rows="3" required maxlength="${maxWords}" dir="auto" aria-describedby="reason-hint">
${fields.reason ?? ''}</textarea>
<p class="quiet" id="reason-hint">The people who approve read it, and so do auditors.</p>
<label for="ticket">Ticket</label>
<input id="ticket" name="ticket" maxlength="100" value="${fields.ticket ?? ''}" aria-describedby="ticket-hint">
<p class="quiet" id="ticket-hint">Where the access needs one.</p>
<p class="buttons"><button>Ask</button></p></form>`;
}

function option(offer: Offer, chosen: string | undefined): Html {
  const text = `${offer.id}, up to ${lengthText(offer.terms.maxDurationSeconds)}`;
  return offer.id === chosen
    ? html`<option value="${offer.id}" selected>${text}</option>`
    : html`<option value="${offer.id}">${text}</option>`;
}

function about({ id, description, account }: Offer): Html {
  return html`<dt>${id}</dt><dd>${description}. ${account.name} (${account.id})</dd>`;
}
