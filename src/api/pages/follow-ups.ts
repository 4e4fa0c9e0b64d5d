import { Type as T } from 'typebox';
import { finishFollowUp } from '../../approvals/finish-follow-up.ts';
import type { FollowUpView } from '../../approvals/follow-up-view.ts';
import type { Caller } from '../../identity/caller.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { FollowUpId, Verdict } from '../rest/schemas/follow-up.ts';
import type { TypedApp } from '../typed.ts';
import { html, type Html } from './html.ts';
import { tokenField } from './layout.ts';
import { personText, stateText, wordsText } from './request-words.ts';
import { lengthText, timeLeft, timeText } from './time-text.ts';

/** One use of break-glass that the caller is to look at, with the form to say what they found. */
export function followUpItem(deps: ApiDeps, caller: Caller, followUp: FollowUpView, now: Date): Html {
  const { id, entitlement, account, person, request } = followUp;
  const late = followUp.state === 'overdue' || new Date(followUp.dueAt) <= now;
  const due = late
    ? html`${stateText('overdue')} since ${timeText(followUp.dueAt)}. Until somebody has looked, ${personText(person)} can break no glass.`
    : html`To be looked at by ${timeText(followUp.dueAt)} (${timeLeft(followUp.dueAt, now)}).`;
  return html`<li><h3><a href="/requests/${request}">${personText(person)} broke the glass: ${entitlement}</a></h3>
<p>${account.name} (${account.id}), ${timeText(followUp.usedAt)}, for up to ${lengthText(followUp.durationSeconds)}. ${due}</p>
${wordsText(followUp.reason)}
<form method="post" action="/follow-ups/${id}/done">${tokenField(deps, caller)}
<label for="comment-${id}">What did you find?</label>
<textarea id="comment-${id}" name="comment" required maxlength="1000" rows="2"></textarea>
<p><button name="verdict" value="justified" aria-label="Justified: ${entitlement}">It was justified</button>
<button class="danger" name="verdict" value="not-justified" aria-label="Not justified: ${entitlement}">It was not justified</button></p></form></li>`;
}

/** Where the form is sent. */
export function followUpPages(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/follow-ups/:id/done',
    {
      config: { operation: 'sendFollowUp', comeBackTo: () => '/' },
      schema: {
        hide: true,
        params: T.Object({ id: FollowUpId }),
        body: T.Object(
          { [formTokenField]: T.String(), verdict: Verdict, comment: T.String({ maxLength: 5_000 }) },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const { verdict, comment } = request.body;
      await finishFollowUp(deps.approvals, callerOf(request), { id: request.params.id, verdict, comment });
      return reply.redirect('/', 303);
    },
  );
}
