import type { RequestContent } from './content.ts';

/** Until when a request that is asked for at `now` waits for answers: each of its entitlements lets it wait for so long at the most. */
export function unansweredUntil(content: RequestContent, now: Date): Date {
  const answerWithin = Math.min(...content.entitlements.map((terms) => terms.requestExpiresSeconds));
  const unanswered = now.getTime() + answerWithin * 1000;
  // Once the window that was asked for, or the grant that was to end later, is over, there is nothing left to approve.
  const over =
    content.startAt === null
      ? Date.parse(content.extends?.from ?? '') || Infinity
      : new Date(content.startAt).getTime() + content.durationSeconds * 1000;
  return new Date(Math.min(unanswered, over));
}
