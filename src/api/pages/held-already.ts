import type { Around } from '../../approvals/around.ts';
import type { Problem } from '../problem.ts';
import { html, type Html } from './html.ts';
import { timeText } from './time-text.ts';

/** The value of the form's field `held` with which it asks for a grant of its own. */
export const allTheSame = 'all-the-same';

/**
 * What whoever asks holds already, or has asked for, with buttons to ask for more time under it, or all the same. Null where the
 * problem is another one.
 */
export function heldAlready({ code, extra }: Problem): Html | null {
  if (code !== 'conflict' || !('overlaps' in extra && 'pendingSame' in extra)) return null;
  const { overlaps, pendingSame } = extra as unknown as Pick<Around, 'overlaps' | 'pendingSame'>;
  const held = overlaps.map(
    ({ entitlement, startsAt, endsAt, state }) =>
      html`<li>You hold <strong>${entitlement}</strong> ${state === 'scheduled' ? html`from ${timeText(startsAt)} ` : null}until ${timeText(endsAt)}.</li>`,
  );
  const waiting = pendingSame.map(
    (id) => html`<li><a href="/requests/${id}">A request of yours</a> for the same waits for approval.</li>`,
  );
  const extendable = overlaps.filter((overlap) => overlap.extendable);
  return html`<ul id="held">${held}${waiting}</ul>
<p class="buttons">${extendable.map(
    ({ grant, entitlement }) =>
      html`<button name="held" value="${grant}">Ask for more time under ${entitlement}</button>`,
  )}<button${extendable.length === 0 ? null : html` class="plain"`} name="held" value="${allTheSame}">Ask all the same</button></p>`;
}
