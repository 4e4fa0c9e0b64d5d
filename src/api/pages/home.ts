import type { FastifyReply } from 'fastify';
import { listFollowUps } from '../../approvals/list-follow-ups.ts';
import { listRequests } from '../../approvals/list-requests.ts';
import type { RequestView } from '../../approvals/view.ts';
import type { GrantView } from '../../broker/view.ts';
import { listGrants } from '../../broker/list-grants.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { endForm } from './end-form.ts';
import { endingTimes } from './ending-times.ts';
import { followUpItem } from './follow-ups.ts';
import { html, type Html } from './html.ts';
import { sendPage } from './layout.ts';
import {
  breakGlassMark,
  choiceMark,
  entitlementsText,
  grantStateText,
  stateText,
  whoseText,
} from './request-words.ts';
import { lengthText, periodText, timeLeft, timeText } from './time-text.ts';

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
  const turn = <T>(read: () => Promise<T>) => reply.server.turns.run(caller.personId, read);
  const [grants, toReview, mine, followUps] = await Promise.all([
    turn(() => listGrants(deps.broker, caller, { mine: true, stillLive: true })),
    turn(() => listRequests(deps.approvals, caller, { toReview: true })),
    turn(() => listRequests(deps.approvals, caller, { mine: true, limit: 20 })),
    turn(() => listFollowUps(deps.approvals, caller, { toDo: true })),
  ]);
  const now = deps.clock();
  return sendPage(deps, reply, caller, {
    title: 'Your access',
    body: html`<p><a class="button" href="/requests/new">Ask for access</a></p>
${section('Live now', 'Nothing is live.', grants, (grant) => grantItem(deps, caller, grant, now))}
${followUps.items.length === 0 ? null : section('To be looked at by you', '', followUps, (one) => followUpItem(deps, caller, one, now))}
${section('Waiting for your review', 'Nothing waits for you.', toReview, (request) => reviewItem(request, now))}
${section('Your requests', 'You have asked for nothing yet.', mine, requestItem)}`,
  });
}

function section<T>(
  title: string,
  empty: string,
  page: { readonly items: readonly T[]; readonly next: string | null },
  item: (of: T) => Html,
): Html {
  return html`<section><h2>${title}</h2>
${page.items.length === 0 ? html`<p class="quiet">${empty}</p>` : html`<ul class="cards">${page.items.map(item)}</ul>`}
${page.next === null ? null : html`<p class="quiet">There are more: these are the newest.</p>`}</section>`;
}

function grantItem(deps: ApiDeps, caller: Caller, grant: GrantView, now: Date): Html {
  const active = grant.state === 'active';
  return html`<li><h3><a href="/requests/${grant.request}">${grant.entitlement}${choiceMark(grant.choice)}</a></h3>
<p>${breakGlassMark(grant)}${grantStateText(grant, now)}${active ? html` <strong>${timeLeft(grant.endsAt, now)}</strong>` : null}</p>
<p>${grant.account.name} (${grant.account.id}), ${periodText(grant.startsAt, grant.endsAt)}</p>
${endingTimes(grant, now)}
${active && grant.target === 'role' ? html`<p class="quiet">Use it: <code>daypass exec ${grant.entitlement} -- your-command</code></p>` : null}
${grant.failure === null ? null : html`<p class="problem">${grant.failure}</p>`}
${endForm(deps, caller, grant)}</li>`;
}

function reviewItem(request: RequestView, now: Date): Html {
  return html`<li><h3><a href="/requests/${request.id}">${whoseText(request)}: ${entitlementsText(request)}</a></h3>
<p>For ${lengthText(request.durationSeconds)}${request.extends === null ? null : html` more, until ${timeText(request.extends.to)}`}. To be answered by ${timeText(request.expiresAt)} (${timeLeft(request.expiresAt, now)}).</p>
<p class="words short" dir="auto">${request.reason}</p></li>`;
}

function requestItem(request: RequestView): Html {
  return html`<li><h3><a href="/requests/${request.id}">${entitlementsText(request)}</a></h3>
<p>${breakGlassMark(request)}${stateText(request.state)} asked ${timeText(request.createdAt)}</p></li>`;
}
