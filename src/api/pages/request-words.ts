import type { RequestView } from '../../approvals/view.ts';
import { choiceText, type PickedChoiceView } from '../../catalog/describe.ts';
import { html, type Html } from './html.ts';

type Tone = 'waiting' | 'good' | 'bad' | 'over';

const states: Readonly<Record<string, readonly [text: string, tone: Tone]>> = {
  pending: ['Waiting for approval', 'waiting'],
  approved: ['Approved', 'good'],
  denied: ['Denied', 'bad'],
  cancelled: ['Cancelled', 'over'],
  expired: ['Expired unanswered', 'over'],
  scheduled: ['Starts later', 'waiting'],
  activating: ['Being set up', 'waiting'],
  active: ['Active', 'good'],
  failed: ['Failed', 'bad'],
  ending: ['Ending', 'waiting'],
  ended: ['Ended', 'over'],
  overdue: ['Overdue', 'bad'],
};

/** A state as people say it. */
export function stateText(state: string): Html {
  const [text, tone] = states[state] ?? [state, 'over'];
  return html`<span class="state ${tone}">${text}</span>`;
}

/** The state of a grant. What is due already but not yet taken up does not start "later". */
export function grantStateText(
  grant: { readonly state: string; readonly startsAt: string },
  now: Date,
): Html {
  const due = grant.state === 'scheduled' && new Date(grant.startsAt) <= now;
  return stateText(due ? 'activating' : grant.state);
}

/** The name of a person, or the id when no name is known. */
export function nameText(person: { readonly id: string; readonly name: string | null }): string {
  return person.name ?? person.id;
}

/** The same, kept apart from the words around it whichever way it is written. */
export function personText(person: Parameters<typeof nameText>[0]): Html {
  return html`<bdi>${nameText(person)}</bdi>`;
}

/** Whose access a request is about, and who asked for it where that is somebody else. */
export function whoseText({ requester, askedBy }: Pick<RequestView, 'requester' | 'askedBy'>): Html {
  if (requester.id === askedBy.id) return personText(requester);
  return html`for ${personText(requester)}, asked by ${personText(askedBy)}`;
}

/** Several people, with commas. */
export function peopleText(people: readonly Parameters<typeof personText>[0][]): Html {
  return html`${people.map((person, i) => html`${i === 0 ? '' : ', '}${personText(person)}`)}`;
}

/** What people wrote, set off from what Daypass says: it can look like anything. */
export function wordsText(words: string): Html {
  return html`<p class="words" dir="auto">${words}</p>`;
}

/** What a request is for, in a line. */
export function entitlementsText(request: Pick<RequestView, 'entitlements'>): string {
  return request.entitlements
    .map(({ id, choice }) => (choice === null ? id : `${id}: ${choiceText(choice)}`))
    .join(', ');
}

/** What was taken without asking anybody stands out; nothing for all else. */
export function breakGlassMark({ breakGlass }: { readonly breakGlass: boolean }): Html | null {
  return breakGlass ? html`<span class="state bad">Break-glass</span> ` : null;
}

/** What a grant is narrowed to, behind its name; nothing where it is not. */
export function choiceMark(choice: PickedChoiceView | null): Html | null {
  return choice === null ? null : html`: ${choiceText(choice)}`;
}
