import type { RequestView } from '../../approvals/view.ts';
import type { Caller } from '../../identity/caller.ts';
import type { ApiDeps } from '../deps.ts';
import { html, type Html } from './html.ts';
import { tokenField } from './layout.ts';
import { nameText, personText, wordsText } from './request-words.ts';
import { timeText } from './time-text.ts';

/** What an open question looks like at the top of its request. */
export function questionNote({ question }: RequestView): Html | null {
  if (question === null) return null;
  return html`<section class="note" aria-label="Open question"><p>${personText(question.by)} asks, ${timeText(question.at)}:</p>
${wordsText(question.text ?? '(erased)')}
<p class="quiet">Until somebody it is about comments below, reminders go to them.</p></section>`;
}

/** What was said about a request, and the form to say more for those who may. */
export function talk(deps: ApiDeps, caller: Caller, request: RequestView, text: string): Html | null {
  if (request.comments.length === 0 && !request.mayComment) return null;
  const said = request.comments.map(
    (
      comment,
    ) => html`<li><p><bdi>${nameText(comment.author)}${comment.question ? ' asked' : ''}</bdi>, ${timeText(comment.createdAt)}</p>
${wordsText(comment.text ?? '(erased)')}</li>`,
  );
  return html`<section><h2>Comments</h2>
${said.length === 0 ? null : html`<ul class="cards">${said}</ul>`}
${request.mayComment ? talkForm(deps, caller, request, text) : null}</section>`;
}

function talkForm(deps: ApiDeps, caller: Caller, request: RequestView, text: string): Html {
  return html`<form method="post" action="/requests/${request.id}/comment">${tokenField(deps, caller)}
<label for="text">Say something <span class="quiet">(everybody who sees the request reads it)</span></label>
<textarea id="text" name="text" rows="3" maxlength="1000" required dir="auto">
${text}</textarea>
<p class="buttons"><button class="plain" name="as" value="comment">Comment</button>
${request.mayAskBack ? html`<button class="plain" name="as" value="question">Ask back</button>` : null}</p></form>`;
}
