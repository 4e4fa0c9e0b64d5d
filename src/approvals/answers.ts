import type { Subject } from '../catalog/types.ts';
import { and, asc, eq, isNull, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { requests, reviews } from '../db/schema.ts';
import type { StoredPerson } from './lock.ts';
import type { Approval } from './quorum.ts';

/** An answer that stands: nobody has taken it back. */
export type Answer = typeof reviews.$inferSelect;

/** The answers to a request that stand. Read after it is locked: no other comes in until the transaction ends. */
export async function answersTo(queries: Queries, requestId: string): Promise<Answer[]> {
  return queries
    .select()
    .from(reviews)
    .where(and(eq(reviews.requestId, requestId), isNull(reviews.withdrawnAt)))
    .orderBy(asc(reviews.id));
}

/**
 * Everybody whose right or standing decides about a request: those it is about, who has answered it, and for whom.
 * @param others person ids besides
 */
export function concerned(requestId: string, others: readonly string[] = []) {
  return sql`(
    SELECT unnest(${sql.param([...others])}::text[])
    UNION SELECT unnest(ARRAY[${requests.requester}, ${requests.askedBy}]) FROM ${requests} WHERE ${requests.id} = ${requestId}
    UNION SELECT unnest(ARRAY[${reviews.reviewer}, ${reviews.onBehalfOf}]) FROM ${reviews}
      WHERE ${reviews.requestId} = ${requestId} AND ${reviews.withdrawnAt} IS NULL
  )`;
}

/**
 * The approvals that can count: of people who are active, and for people who are. Groups are those of now; on call is who was
 * when they answered.
 */
export function approvalsOf(answers: readonly Answer[], held: ReadonlyMap<string, StoredPerson>): Approval[] {
  return answers.flatMap((answer): Approval[] => {
    if (answer.decision !== 'approve') return [];
    const reviewer = held.get(answer.reviewer);
    if (reviewer?.active !== true) return [];
    const principal = answer.onBehalfOf === null ? null : held.get(answer.onBehalfOf);
    if (principal?.active === false || principal === undefined) return [];
    const asThen = (person: StoredPerson): Subject => ({ ...person, onCall: answer.onCall });
    return [
      {
        reviewer: asThen(reviewer),
        principal: principal === null ? null : { ...principal, onCall: [] },
        at: answer.createdAt,
      },
    ];
  });
}
