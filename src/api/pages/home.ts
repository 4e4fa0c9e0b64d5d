import type { FastifyReply } from 'fastify';
import { listRequests } from '../../approvals/list-requests.ts';
import type { RequestView } from '../../approvals/view.ts';
import type { GrantView } from '../../broker/view.ts';
import { listGrants } from '../../broker/list-grants.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';
import { entitlementsText, personText, stateText } from './request-words.ts';
import { lengthText, timeLeft, timeText } from './time-text.ts';

/** The front page: a way in for strangers, their own work for people. */
export async function showHome(
  deps: ApiDeps,
  caller: Caller | null,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (caller === null) {
    return sendPage(deps, reply, null, {
      title: 'Access for as long as the job takes',
      body: html`<p>Ask for elevated access to AWS, approve what others ask for, and see what is live.</p>
<p><a class="button" href="/login?returnTo=%2F">Sign in</a></p>`,
    });
  }
  const [grants, toReview, mine] = await Promise.all([
    listGrants(deps.broker, caller, { mine: true, stillLive: true }),
    listRequests(deps.approvals, caller, { toReview: true }),
    listRequests(deps.approvals, caller, { mine: true, limit: 20 }),
  ]);
  const now = deps.clock();
  return sendPage(deps, reply, caller, {
    title: 'Your access',
    body: html`<p><a class="button" href="/requests/new">Ask for access</a></p>
${section(
  'Live now',
  'Nothing is live.',
  grants.items.map((grant) => grantItem(deps, caller, grant, now)),
)}
${section('Waiting for your review', 'Nothing waits for you.', toReview.items.map(reviewItem))}
${section('Your requests', 'You have asked for nothing yet.', mine.items.map(requestItem))}`,
  });
}

function section(title: string, empty: string, items: readonly Html[]): Html {
  return html`<section><h2>${title}</h2>
${items.length === 0 ? html`<p class="quiet">${empty}</p>` : html`<ul class="cards">${items}</ul>`}</section>`;
}

function grantItem(deps: ApiDeps, caller: Caller, grant: GrantView, now: Date): Html {
  const left = grant.state === 'active' ? html` <strong>${timeLeft(grant.endsAt, now)}</strong>` : null;
  return html`<li><h3><a href="/requests/${grant.request}">${grant.entitlement}</a></h3>
<p>${stateText(grant.state)}${left}</p>
<p>${grant.account.name} (${grant.account.id}), ${timeText(grant.startsAt)} to ${timeText(grant.endsAt)}</p>
${grant.failure === null ? null : html`<p class="problem">${grant.failure}</p>`}
${
  grant.mayEnd
    ? html`<form method="post" action="/grants/${grant.id}/end">${tokenField(deps, caller)}
<button aria-label="End ${grant.entitlement} now">End now</button></form>`
    : null
}</li>`;
}

function reviewItem(request: RequestView): Html {
  return html`<li><h3><a href="/requests/${request.id}">${personText(request.requester)}: ${entitlementsText(request)}</a></h3>
<p>${lengthText(request.durationSeconds)}. ${request.reason}</p></li>`;
}

function requestItem(request: RequestView): Html {
  return html`<li><h3><a href="/requests/${request.id}">${entitlementsText(request)}</a></h3>
<p>${stateText(request.state)} ${timeText(request.createdAt)}</p></li>`;
}
