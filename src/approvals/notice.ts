import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { notices } from '../db/schema.ts';

/** Everything that people are told of. PostgreSQL takes no other kind. */
export const noticeKinds = [
  'request.submitted',
  'request.reminder',
  'request.escalated',
  'request.decided',
  'request.narrowed',
  'request.question',
  'request.answer',
  'grant.ended',
  'break-glass.used',
  'follow-up.overdue',
  'eligibility.due',
  'catalog.proposed',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  readonly kind: NoticeKind;
  readonly request?: string;
  /** A grant's request need not be named beside it. */
  readonly grant?: string;
  /** Ids of the people it is for. Those who are deactivated by the time it is sent are left out. */
  readonly people: readonly string[];
  /**
   * What there is to say beyond that: ids and facts, never a name, an address or somebody's own words. A person's id, at any
   * depth, is sent with their name and address as they are then.
   */
  readonly body: JsonObject;
}

/** Tells people of the change that `work` makes: they are told if and only if that commits, at least once. */
export type Notify = (work: Work, notice: Notice) => void;

/** Writes the notice in the caller's transaction. Somebody else sends it, within seconds. */
export const notify: Notify = (work, { kind, request, grant, people, body }) => {
  work.write(
    work.queries.insert(notices).values({
      id: newId('ntc', work.now),
      kind,
      request: request ?? null,
      grant: grant ?? null,
      people: [...new Set(people)],
      body,
      createdAt: work.now,
      nextTryAt: work.now,
    }),
  );
};

/** Where no channel is configured, nothing is written: nobody would ever send it. */
export const notifyNobody: Notify = () => undefined;
