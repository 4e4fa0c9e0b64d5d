import { randomUUID } from 'node:crypto';
import type { Schedule } from '../catalog/on-call.ts';
import type { Timeline } from './timeline.ts';

/**
 * POSTs a JSON body, signed as Standard Webhooks, and resolves to the JSON of the answer. Rejects when there is none, with an
 * Error whose message is for operators.
 */
export type SignedCall = (input: {
  readonly url: string;
  /** Names the message: a receiver that has seen it ignores it. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}) => Promise<unknown>;

const mostPeople = 100;
const mostSubjectLetters = 255;
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Asks a webhook who is on call now: `{type: 'on-call.who', schedule, at}`, answered with `{people: [OIDC subject], until?}`.
 * @param now in milliseconds since 1970
 * @param holdsMs how long an answer without `until` holds, and before now, for transactions that began before the question
 */
export async function askWebhook(
  signedCall: SignedCall,
  { name, source }: Schedule,
  now: number,
  holdsMs: number,
): Promise<Timeline> {
  const answer = await signedCall({
    url: source.location,
    id: `msg_${randomUUID()}`,
    body: { type: 'on-call.who', schedule: name, at: new Date(now).toISOString() },
  });
  const { people, until } = understood(answer);
  if (until !== null && until <= now) {
    throw new Error("its answer's until is over already: are both clocks right?");
  }
  const from = now - holdsMs;
  return {
    from,
    to: until ?? now + holdsMs,
    segments: [{ from, people: [...new Set(people)].sort(), unmapped: [] }],
    until,
  };
}

function understood(answer: unknown): { readonly people: readonly string[]; readonly until: number | null } {
  const { people, until = null } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    readonly people?: unknown;
    readonly until?: unknown;
  };
  if (!Array.isArray(people) || people.length > mostPeople || !people.every(isSubject)) {
    throw new Error(
      `its answer has no people: they must be a list of at most ${mostPeople} OIDC subjects, and an empty one when nobody is on call`,
    );
  }
  if (until === null) return { people, until };
  const time = typeof until === 'string' && rfc3339.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(time)) throw new Error("its answer's until is no time: write 2026-07-01T09:00:00Z");
  return { people, until: time };
}

function isSubject(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= mostSubjectLetters;
}
