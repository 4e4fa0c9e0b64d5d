import type { RequestView } from '../../approvals/view.ts';
import { choiceText } from '../../catalog/describe.ts';
import { formatDuration } from '../../catalog/duration.ts';
import type { Refusal } from '../../refusal.ts';

/** An answer that only the person who acted sees. */
export interface SlackAnswer {
  readonly response_type: 'ephemeral';
  readonly replace_original: false;
  readonly text: string;
}

/** Makes an answer of plain text. Nothing in it can become a link, a mention or another line's look. */
export function ephemeral(text: string): SlackAnswer {
  return { response_type: 'ephemeral', replace_original: false, text: escapeText(text) };
}

/**
 * Escapes text for Slack: `&`, `<` and `>` (docs.slack.dev, Formatting message text). Control characters other than newline,
 * and marks that reverse the direction of text, become spaces.
 */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

export const replayed = 'Daypass has already handled this.';
export const notUnderstood = 'Daypass does not understand this. Nothing was done.';
export const inactive = 'Your Daypass account is no longer active. Nothing was done.';
export const linked =
  'This chat account is now linked to your Daypass account. Undo it with `/daypass unlink`.';
export const unlinked = 'This chat account is no longer linked to Daypass.';
export const help = 'Daypass knows `/daypass link CODE` and `/daypass unlink`.';

/** For an account that nobody has linked: how to, and nothing else. */
export function howToLink(publicUrl: URL): string {
  return `Daypass does not know this chat account. Sign in at ${address(publicUrl)}, make a link code there, and type \`/daypass link CODE\` here. Never type a code that somebody else gave you.`;
}

/** What came of a review. */
export function reviewed(view: RequestView, decision: 'approve' | 'deny'): string {
  const what = view.entitlements
    .map(({ id, choice }) => (choice === null ? id : `${id}, ${choiceText(choice)}`))
    .join('; ');
  const who = view.requester.name ?? view.requester.id;
  const done = decision === 'approve' ? 'approved' : 'denied';
  const more = view.state === 'pending' ? ` ${stillWaiting(view)}` : '';
  const length = formatDuration(view.durationSeconds);
  const { extends: extended } = view;
  const time = extended === null ? length : `${length}: from ${extended.from} to ${extended.to}`;
  return `You ${done} the request of ${who} ${extended === null ? 'for' : 'for more time under'} ${what} (${time}).${more}`;
}

/** What a request that was approved in part still waits for. */
function stillWaiting({ waitingFor }: RequestView): string {
  if (waitingFor.length === 0) return 'More approvals are needed.';
  const steps = waitingFor.map(({ entitlement, needed, whom }) => `${entitlement}, ${needed} of ${whom}`);
  return `It still waits for ${steps.join('; ')}.`;
}

/** Why nothing was done. What a chat cannot prove enough for is done after signing in. */
export function refused(refusal: Refusal, request: string, publicUrl: URL): string {
  const page = `${address(publicUrl)}/requests/${request}`;
  if (refusal.code === 'insufficient_assurance') {
    return `This needs a stronger sign-in than a chat can prove. Answer it at ${page}`;
  }
  return refusal.code === 'digest_mismatch' ? `${refusal.message} See ${page}` : refusal.message;
}

function address(publicUrl: URL): string {
  return publicUrl.href.replace(/\/+$/, '');
}
