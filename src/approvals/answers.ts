import { and, asc, eq, getTableColumns, isNull, sql, type SQL } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { delegations, requests, reviews } from '../db/schema.ts';
import type { StoredPerson } from './lock.ts';
import type { Approval } from './quorum.ts';

/** An answer as it is stored. */
export type Answer = typeof reviews.$inferSelect & {
  /** For which entitlements the right was handed over that it was given by; null: for all. */
  readonly handed: readonly string[] | null;
};

/** Answers, to be narrowed down. */
export function selectAnswers(queries: Queries) {
  return queries
    .select({ ...getTableColumns(reviews), handed: delegations.entitlements })
    .from(reviews)
    .leftJoin(delegations, eq(delegations.id, reviews.delegation));
}

/** The answers to a request that stand: nobody has taken them back. Read after it is locked: no other comes in until the transaction ends. */
export async function answersTo(queries: Queries, requestId: string): Promise<Answer[]> {
  return selectAnswers(queries)
    .where(and(eq(reviews.requestId, requestId), isNull(reviews.withdrawnAt)))
    .orderBy(asc(reviews.id));
}

/**
 * Everybody whose right or standing decides about a request: those it is about, who has answered it, and for whom.
 * @param others person ids besides
 * @param more a query of further ids
 */
export function concerned(requestId: string, others: readonly string[] = [], more?: SQL) {
  return sql`(
    SELECT unnest(${sql.param([...others])}::text[])
    ${more === undefined ? sql`` : sql`UNION ${more}`}
    UNION SELECT unnest(ARRAY[${requests.requester}, ${requests.askedBy}]) FROM ${requests} WHERE ${requests.id} = ${requestId}
    UNION SELECT unnest(ARRAY[${reviews.reviewer}, ${reviews.onBehalfOf}]) FROM ${reviews}
      WHERE ${reviews.requestId} = ${requestId} AND ${reviews.withdrawnAt} IS NULL
  )`;
}

/**
 * The approvals that can count: of people who are active and eligible at all, and for people who are. Groups are those of now; on call is who was
 * when they answered.
 */
export function approvalsOf(answers: readonly Answer[], held: ReadonlyMap<string, StoredPerson>): Approval[] {
  return answers.flatMap((answer): Approval[] => {
    if (answer.decision !== 'approve') return [];
    const reviewer = held.get(answer.reviewer);
    if (reviewer?.active !== true || reviewer.barred !== undefined) return [];
    const approval = {
      reviewer: { ...reviewer, onCall: answer.onCall },
      at: answer.createdAt,
      parts: answer.parts,
    };
    const { onBehalfOf, delegation, handed } = answer;
    if (onBehalfOf === null) return [{ ...approval, principal: null }];
    const principal = held.get(onBehalfOf);
    if (principal?.active !== true || principal.barred !== undefined || delegation === null) return [];
    return [{ ...approval, principal: { ...principal, onCall: [], delegation, handed } }];
  });
}
