import type { FastifyReply } from 'fastify';
import { getInsight, type InsightView } from '../../approvals/get-insight.ts';
import { getRequest } from '../../approvals/get-request.ts';
import type { RequestView } from '../../approvals/view.ts';
import { listGrants } from '../../broker/list-grants.ts';
import type { GrantView } from '../../broker/view.ts';
import type { Caller } from '../../identity/caller.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiDeps } from '../deps.ts';
import { endForm } from './end-form.ts';
import { endingTimes } from './ending-times.ts';
import { choiceText } from '../../catalog/describe.ts';
import { formatDuration } from '../../catalog/duration.ts';
import { html, type Html } from './html.ts';
import { insightSection } from './insight.ts';
import { sendPage, tokenField } from './layout.ts';
import { prefilled } from './form-values.ts';
import {
  breakGlassMark,
  choiceMark,
  entitlementsText,
  grantStateText,
  nameText,
  peopleText,
  personText,
  stateText,
  whoseText,
  wordsText,
} from './request-words.ts';
import { type FilledReview, reviewForm, withdrawForm } from './review-form.ts';
import { questionNote, talk } from './talk.ts';
import { lengthText, periodText, timeLeft, timeText } from './time-text.ts';

/**
 * One request: who asks for what, why and for how long, and what the caller may do about it, with what they had filled in before
 * a step-up came in between.
 */
export async function showRequest(
  deps: ApiDeps,
  caller: Caller,
  reply: FastifyReply,
  { id, text = '', ...filled }: FilledReview & { readonly id: string; readonly text?: string | undefined },
): Promise<FastifyReply> {
  const request = await getRequest(deps.approvals, caller, id);
  const granted =
    request.grants.length === 0 ? [] : (await listGrants(deps.broker, caller, { request: id })).items;
  const insight = request.mayReview ? await insightOf(deps, caller, id) : null;
  const now = deps.clock();
  return sendPage(deps, reply, caller, {
    title: `Request for ${request.extends === null ? '' : 'more time under '}${entitlementsText(request)}`,
    body: html`<p>${breakGlassMark(request)}${stateText(request.state)}</p>
${questionNote(request)}
${facts(request, now)}
${insight === null ? null : insightSection(insight)}
${request.mayReview ? reviewForm(deps, caller, request, filled) : null}
${request.mayCancel ? cancelForm(deps, caller, request) : null}
${request.askedBy.id === caller.personId ? askAgain(request) : null}
${answers(request)}
${request.mayWithdraw ? withdrawForm(deps, caller, request) : null}
${talk(deps, caller, request, text)}
${grants(deps, caller, request, granted, now)}`,
  });
}

/** Null when it was decided since it was read. */
async function insightOf(deps: ApiDeps, caller: Caller, id: string): Promise<InsightView | null> {
  try {
    return await getInsight(deps.approvals, caller, id);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

// What counts comes before what was written: a long reason pushes nothing out of sight.
function facts(request: RequestView, now: Date): Html {
  const what = request.entitlements.map(
    (e) =>
      html`<li><strong>${e.id}</strong> in ${e.account.name} (${e.account.id}): ${e.description}${narrowed(e)}</li>`,
  );
  return html`<dl>
<dt>Who</dt><dd>${whoseText(request)}${fromOutside(request)}</dd>
<dt>What</dt><dd>${request.bundles.length === 0 ? null : html`<p>Asked for as ${request.bundles.join(', ')}:</p>`}<ul>${what}</ul></dd>
${howLong(request)}
${request.ticket === null ? null : html`<dt>Ticket</dt><dd><bdi>${request.ticket}</bdi></dd>`}
<dt>Reason</dt><dd>${wordsText(request.reason)}</dd>
<dt>Asked</dt><dd>${timeText(request.createdAt)}</dd>
${request.state === 'pending' ? html`<dt>Expires unanswered</dt><dd>${timeText(request.expiresAt)} (${timeLeft(request.expiresAt, now)})</dd>` : null}
${request.waitingFor.map((w) => html`<dt>Waiting for</dt><dd>${waitingText(w, request.entitlements.length > 1)}</dd>`)}
${request.approvedByRule.map(
  (a) =>
    html`<dt>By rule</dt><dd>${a.entitlement} is approved without anybody being asked: ${a.because} (<code>${a.rule}</code>)</dd>`,
)}
${request.warnings.map(
  (w) =>
    html`<dt>Beware</dt><dd><strong>${w.entitlement}: ${w.message}</strong>${w.stops ? ' It cannot be approved while this is so: an operator must look at daypass doctor.' : null}</dd>`,
)}
<dt>Digest</dt><dd class="quiet"><code>${request.digest}</code></dd>
</dl>`;
}

// Which step, who could take it, since when, and who is asked next.
function waitingText(step: RequestView['waitingFor'][number], several: boolean): Html {
  const { entitlement, needed, whom, people, since, escalates } = step;
  return html`${several ? `${entitlement}: ` : null}${needed} of ${whom}${people.length === 0 ? ': nobody is known who could answer' : html`: ${peopleText(people)}`}
<br><span class="quiet">Step ${step.step}, since ${timeText(since)}${escalates === null ? null : html`; from ${timeText(escalates.at)} also ${escalates.whom}`}</span>`;
}

function fromOutside({ outside }: RequestView): Html | null {
  if (outside === null) return null;
  const { sponsor, until } = outside;
  const by = sponsor === null ? 'nobody answers for them' : html`${personText(sponsor)} answers for them`;
  return html`<br>From outside: ${by}${until === null ? null : html`, until ${timeText(until)}`}`;
}

function howLong({ extends: extended, durationSeconds, startAt }: RequestView): Html {
  if (extended === null)
    return html`<dt>For how long</dt><dd>${lengthText(durationSeconds)}${startAt === null ? ' from approval' : html` from ${timeText(startAt)}`}</dd>`;
  return html`<dt>How much longer</dt><dd>${lengthText(durationSeconds)}: extends the grant <code>${extended.grant}</code> from ${timeText(extended.from)} to <strong>${timeText(extended.to)}</strong></dd>`;
}

// Just what is let through, word for word: it is what the approval is for.
function narrowed({ choice, conditions }: RequestView['entitlements'][number]): Html {
  return html`${
    choice === null
      ? null
      : html`<br>Narrowed to <strong>${choiceText(choice)}</strong>: ${choice.description}. That is <code>${choice.actions.join(' ')}</code> on <code>${choice.resources.join(' ')}</code>${choice.resourceTags.map(({ key, values }) => html` tagged <code>${key}=${values.join('|')}</code>`)}`
  }${conditions.map((condition) => html`<br>${condition}`)}`;
}

function cancelForm(deps: ApiDeps, caller: Caller, request: RequestView): Html {
  return html`<form method="post" action="/requests/${request.id}/cancel">${tokenField(deps, caller)}
<p class="buttons"><button class="plain">Cancel this request</button></p></form>`;
}

// The form asks for one thing. What was erased is written anew.
function askAgain({
  entitlements,
  durationSeconds,
  ticket,
  reason,
  extends: extended,
  ...request
}: RequestView): Html | null {
  const [only, ...more] = entitlements;
  if (only === undefined || more.length > 0 || extended !== null) return null;
  const { id, choice } = only;
  const fields = {
    entitlement: choice === null ? id : `${id}:${choice.name}`,
    parameters: (choice?.parameters ?? []).map(({ name, value }) => `${name}=${value}`).join('\n'),
    duration: formatDuration(durationSeconds),
    reason: reason ?? '',
    ticket: ticket ?? '',
    for: request.requester.id === request.askedBy.id ? '' : request.requester.id,
  };
  return html`<p><a href="${prefilled('/requests/new', Object.keys(fields), fields)}">Ask again</a></p>`;
}

function answers(request: RequestView): Html | null {
  if (request.reviews.length === 0) return null;
  const items = request.reviews.map(
    (
      r,
    ) => html`<li><p><bdi>${nameText(r.reviewer)} ${r.decision === 'approve' ? 'approved' : 'denied'}</bdi>${r.onBehalfOf === null ? null : html` for ${personText(r.onBehalfOf)}`}, ${timeText(r.createdAt)}${r.withdrawnAt === null ? null : html`; taken back ${timeText(r.withdrawnAt)}`}</p>
${r.comment === null ? null : wordsText(r.comment)}</li>`,
  );
  return html`<section><h2>Answers</h2><ul class="cards">${items}</ul></section>`;
}

function grants(
  deps: ApiDeps,
  caller: Caller,
  request: RequestView,
  granted: readonly GrantView[],
  now: Date,
): Html | null {
  if (request.grants.length === 0) return null;
  const items = request.grants.map((g) => {
    const full = granted.find(({ id }) => id === g.id);
    return html`<li><h3>${g.entitlement}${full === undefined ? null : choiceMark(full.choice)}</h3>
<p>${grantStateText(g, now)}${g.state === 'active' ? html` <strong>${timeLeft(g.endsAt, now)}</strong>` : null}</p>
<p>${periodText(g.startsAt, g.endsAt)}</p>
${full === undefined ? null : html`${endingTimes(full, now)}${endForm(deps, caller, full)}`}</li>`;
  });
  return html`<section><h2>Access</h2><ul class="cards">${items}</ul></section>`;
}
