import type { FastifyReply } from 'fastify';
import { getRequest } from '../../approvals/get-request.ts';
import type { RequestView } from '../../approvals/view.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { html, type Html } from './html.ts';
import { sendPage, tokenField } from './layout.ts';
import { entitlementsText, personText, stateText } from './request-words.ts';
import { lengthText, timeText } from './time-text.ts';

/** One request: who asks for what, why and for how long, and what the caller may do about it. */
export async function showRequest(
  deps: ApiDeps,
  caller: Caller,
  reply: FastifyReply,
  id: string,
): Promise<FastifyReply> {
  const request = await getRequest(deps.approvals, caller, id);
  return sendPage(deps, reply, caller, {
    title: `Request for ${entitlementsText(request)}`,
    body: html`<p>${stateText(request.state)}</p>
${facts(request)}
${request.mayReview ? reviewForm(deps, caller, request) : null}
${request.mayCancel ? cancelForm(deps, caller, request) : null}
${answers(request)}
${grants(request)}`,
  });
}

function facts(request: RequestView): Html {
  const what = request.entitlements.map(
    (e) => html`<li><strong>${e.id}</strong> in ${e.account.name} (${e.account.id}): ${e.description}</li>`,
  );
  return html`<dl>
<dt>Who</dt><dd>${personText(request.requester)}</dd>
<dt>What</dt><dd><ul>${what}</ul></dd>
<dt>Why</dt><dd class="words">${request.reason}</dd>
<dt>For how long</dt><dd>${lengthText(request.durationSeconds)}${request.startAt === null ? ' from approval' : html` from ${timeText(request.startAt)}`}</dd>
${request.ticket === null ? null : html`<dt>Ticket</dt><dd>${request.ticket}</dd>`}
<dt>Asked</dt><dd>${timeText(request.createdAt)}${request.state === 'pending' ? html`, unanswered it expires ${timeText(request.expiresAt)}` : null}</dd>
${request.waitingFor.map(
  (w) =>
    html`<dt>Waiting for</dt><dd>${w.needed} of ${w.groups.join(', ')}${w.people.length === 0 ? '' : `: ${w.people.map(personText).join(', ')}`}</dd>`,
)}
<dt>Digest</dt><dd><code>${request.digest}</code></dd>
</dl>`;
}

function reviewForm(deps: ApiDeps, caller: Caller, request: RequestView): Html {
  return html`<section><h2>Your review</h2>
<form method="post" action="/requests/${request.id}/review">${tokenField(deps, caller)}
<input type="hidden" name="digest" value="${request.digest}">
<label for="comment">Comment</label>
<textarea id="comment" name="comment" rows="3" maxlength="1000"></textarea>
<p class="buttons"><button name="decision" value="approve">Approve</button>
<button class="plain" name="decision" value="deny">Deny</button></p></form></section>`;
}

function cancelForm(deps: ApiDeps, caller: Caller, request: RequestView): Html {
  return html`<form method="post" action="/requests/${request.id}/cancel">${tokenField(deps, caller)}
<button class="plain">Cancel this request</button></form>`;
}

function answers(request: RequestView): Html | null {
  if (request.reviews.length === 0) return null;
  const items = request.reviews.map(
    (
      r,
    ) => html`<li>${personText(r.reviewer)} ${r.decision === 'approve' ? 'approved' : 'denied'}, ${timeText(r.createdAt)}
${r.comment === null ? null : html`<p class="words">${r.comment}</p>`}</li>`,
  );
  return html`<section><h2>Answers</h2><ul>${items}</ul></section>`;
}

function grants(request: RequestView): Html | null {
  if (request.grants.length === 0) return null;
  const items = request.grants.map(
    (g) =>
      html`<li>${g.entitlement}: ${stateText(g.state)}, ${timeText(g.startsAt)} to ${timeText(g.endsAt)}</li>`,
  );
  return html`<section><h2>Access</h2><ul>${items}</ul></section>`;
}
