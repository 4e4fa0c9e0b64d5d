import type { Work } from '../audit/unit-of-work.ts';
import type { ApprovalsDeps } from './deps.ts';
import type { RequestContent } from './content.ts';
import type { RequestRow } from './lock.ts';
import type { RequestView } from './view.ts';

type Telling = Pick<ApprovalsDeps, 'notify'>;

/** Tells those whose turn it is that they are asked, and whose access it is that somebody asked for them. */
export function tellSubmitted(
  { notify }: Telling,
  work: Work,
  row: RequestRow,
  { waitingFor }: Pick<RequestView, 'waitingFor'>,
): void {
  const { id: request, requester, askedBy } = row;
  const content = row.content as RequestContent;
  const facts = {
    askedBy,
    durationSeconds: content.durationSeconds,
    startAt: content.startAt,
    extends: content.extends?.grant ?? null,
    expiresAt: row.expiresAt.toISOString(),
  };
  const asked = [...new Set(waitingFor.flatMap(({ people }) => people.map(({ id }) => id)))];
  if (asked.length > 0) {
    notify(work, { kind: 'request.submitted', request, people: asked, body: { why: 'to-answer', ...facts } });
  }
  if (requester !== askedBy) {
    notify(work, {
      kind: 'request.submitted',
      request,
      people: [requester],
      body: { why: 'asked-for-you', ...facts },
    });
  }
}

/**
 * Tells those a request is about what became of it.
 * @param by who did it, and knows
 */
export function tellDecided(
  { notify }: Telling,
  work: Work,
  row: RequestRow,
  decision: 'approve' | 'deny' | 'cancel' | 'expire',
  {
    by = null,
    ...more
  }: { readonly by?: string | null; readonly rule?: string; readonly basis?: string } = {},
): void {
  const people = [row.requester, row.askedBy].filter((id) => id !== by);
  if (people.length === 0) return;
  notify(work, {
    kind: 'request.decided',
    request: row.id,
    people,
    body: { decision, askedBy: row.askedBy, ...more },
  });
}
