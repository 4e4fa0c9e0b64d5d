import type { RequestView } from '../../approvals/view.ts';
import { formatDuration } from '../../catalog/duration.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { html, type Html } from './html.ts';
import { tokenField } from './layout.ts';

/** What was filled in before a step-up came in between. */
export interface FilledReview {
  readonly comment?: string | undefined;
  readonly duration?: string | undefined;
  /** The ids that were ticked; none: it was not filled in. */
  readonly only?: string | readonly string[] | undefined;
}

/** The form to answer a request: all of it, or less time and fewer entitlements. */
export function reviewForm(deps: ApiDeps, caller: Caller, request: RequestView, filled: FilledReview): Html {
  const asked = formatDuration(request.durationSeconds);
  return html`<section><h2>Your review</h2>
<form method="post" action="/requests/${request.id}/review">${tokenField(deps, caller)}
<input type="hidden" name="digest" value="${request.digest}">
<label for="comment">Comment <span class="quiet">(may be left out)</span></label>
<textarea id="comment" name="comment" rows="3" maxlength="1000" dir="auto">
${filled.comment ?? ''}</textarea>
<label for="duration">Approve for <span class="quiet">(${asked} was asked for; less is possible)</span></label>
<input type="hidden" name="askedDuration" value="${asked}">
<input id="duration" name="duration" value="${filled.duration ?? asked}" maxlength="40" autocomplete="off">
${request.entitlements.length < 2 ? null : parts(request, filled.only)}
<p class="buttons"><button name="decision" value="approve">Approve</button>
<button class="danger" name="decision" value="deny">Deny</button></p></form></section>`;
}

function parts({ entitlements }: RequestView, only: FilledReview['only']): Html {
  const kept = only === undefined ? null : [only].flat();
  const boxes = entitlements.map(
    ({ id }, i) =>
      html`<li><input type="checkbox" id="part-${i}" name="only" value="${id}"${kept === null || kept.includes(id) ? html` checked` : null}> <label for="part-${i}">${id}</label></li>`,
  );
  return html`<input type="hidden" name="parts" value="${entitlements.length}">
<fieldset><legend>Approve only what is ticked</legend><ul class="ticks">${boxes}</ul></fieldset>`;
}

/** The button that takes an answer back, for those who have one. */
export function withdrawForm(deps: ApiDeps, caller: Caller, request: RequestView): Html {
  return html`<form method="post" action="/requests/${request.id}/withdraw">${tokenField(deps, caller)}
<p class="buttons"><button class="plain">Take back my answer</button></p></form>`;
}
