import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { type BundleOffer, listBundles, listOffers } from '../../approvals/list-offers.ts';
import { maxWords } from '../../approvals/submission.ts';
import type { Offer } from '../../approvals/offer.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { Problem } from '../problem.ts';
import { heldAlready } from './held-already.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';
import { problemText } from './problem-text.ts';
import { lengthText } from './time-text.ts';

/** What the form holds: as a link prefilled it, or as it came back with a fault. */
export interface NewRequestFields {
  /** An id, an id with one of its choices as `prod/data:one-bucket`, or the name of a bundle. */
  readonly entitlement?: string;
  /** `name=value` a line. */
  readonly parameters?: string;
  readonly duration?: string;
  readonly reason?: string;
  readonly ticket?: string;
  /** The colleague it is for: an id or an email address. */
  readonly for?: string;
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
    body:
      offers.length === 0
        ? nothing
        : form(deps, caller, { offers, bundles: await listBundles(deps.approvals, caller) }, fields, problem),
  });
}

const askButton = html`<p class="buttons"><button>Ask</button></p>`;

const nothing = html`<p>There is nothing that you may ask for. An operator can tell you which group gives access.</p>`;

function form(
  deps: ApiDeps,
  caller: Caller,
  { offers, bundles }: { readonly offers: readonly Offer[]; readonly bundles: readonly BundleOffer[] },
  fields: NewRequestFields,
  problem: Problem | null,
): Html {
  const fault = problem === null ? null : problemText(problem);
  // Browsers drop the first newline inside a textarea (HTML 13.2.6.4.7): the one written here, not one of the reason.
  return html`${fault}
<form method="post" action="/requests/new">${tokenField(deps, caller)}
<input type="hidden" name="idempotencyKey" value="${randomUUID()}">
<label for="entitlement">What</label>
<select id="entitlement" name="entitlement" required>${offers.flatMap((offer) => options(offer, fields.entitlement))}${bundles.map((bundle) => bundleOption(bundle, fields.entitlement))}</select>
<details><summary>What these are for</summary><dl>${offers.map(about)}</dl></details>
${offers.some(wantsValues) ? parametersField(fields) : null}
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
<label for="for">For a colleague</label>
<input id="for" name="for" maxlength="320" value="${fields.for ?? ''}" aria-describedby="for-hint">
<p class="quiet" id="for-hint">Their exact email address, where it is not for yourself. Both of you are named, and neither can approve it.</p>
${problem === null ? askButton : (heldAlready(problem) ?? askButton)}</form>`;
}

function options(offer: Offer, chosen: string | undefined): Html[] {
  const { id, choices, choiceRequired, terms } = offer;
  const upTo = `up to ${lengthText(terms.maxDurationSeconds)}`;
  return [
    ...(choiceRequired ? [] : [option(id, `${id}, ${upTo}`, chosen)]),
    ...choices.map(({ name, description }) =>
      option(`${id}:${name}`, `${id}: ${description}, ${upTo}`, chosen),
    ),
  ];
}

function bundleOption({ name, entitlements }: BundleOffer, chosen: string | undefined): Html {
  return option(name, `${name}: ${entitlements.join(', ')}`, chosen);
}

function option(value: string, text: string, chosen: string | undefined): Html {
  return value === chosen
    ? html`<option value="${value}" selected>${text}</option>`
    : html`<option value="${value}">${text}</option>`;
}

function wantsValues({ choices }: Offer): boolean {
  return choices.some(({ parameters }) => parameters.length > 0);
}

function parametersField({ parameters }: NewRequestFields): Html {
  return html`<label for="parameters">Values</label>
<textarea id="parameters" name="parameters" rows="2" maxlength="2000" aria-describedby="parameters-hint">
${parameters ?? ''}</textarea>
<p class="quiet" id="parameters-hint">Where a part wants some: one a line, such as bucket=logs. What each wants stands above.</p>`;
}

function about({ id, description, account, choices, conditions }: Offer): Html {
  return html`<dt>${id}</dt><dd>${description}. ${account.name} (${account.id})${
    conditions.length === 0 ? null : html`<br>${conditions.join('; ')}`
  }${choices.length === 0 ? null : html`<ul>${choices.map(aboutChoice)}</ul>`}</dd>`;
}

function aboutChoice({ name, description, parameters }: Offer['choices'][number]): Html {
  const wanted = parameters.map((parameter) => `${parameter.name}: ${parameter.description}`);
  return html`<li>${name}: ${description}${wanted.length === 0 ? null : html` (${wanted.join('; ')})`}</li>`;
}
