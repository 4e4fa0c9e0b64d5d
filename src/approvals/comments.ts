import { asc, inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { requestComments } from '../db/schema.ts';
import type { PersonRef } from './approvers.ts';

export type Comment = typeof requestComments.$inferSelect;

/** Something that was said about a request, as callers see it. */
export interface CommentView {
  readonly id: string;
  readonly author: PersonRef;
  /** Null once erased. */
  readonly text: string | null;
  /** Asks those whom the request is about. */
  readonly question: boolean;
  readonly createdAt: string;
}

/** A question that nobody has answered yet. */
export interface QuestionView {
  readonly by: PersonRef;
  readonly at: string;
  /** Null once erased. */
  readonly text: string | null;
}

/** What was said about these requests, oldest first. */
export async function commentsOn(queries: Queries, ids: readonly string[]): Promise<Comment[]> {
  return queries
    .select()
    .from(requestComments)
    .where(inArray(requestComments.requestId, [...ids]))
    .orderBy(asc(requestComments.id));
}

/**
 * The questions that are open, oldest first: those after which none of the people it is about has said anything.
 * @param comments on one request, oldest first
 * @param parties ids of those people
 */
export function openQuestions(comments: readonly Comment[], parties: readonly string[]): Comment[] {
  const answered = comments.findLastIndex(({ author }) => parties.includes(author));
  return comments.slice(answered + 1).filter(({ question }) => question);
}

export function toCommentView(comment: Comment, name: (id: string) => PersonRef): CommentView {
  const { id, author, words, question, createdAt } = comment;
  return { id, author: name(author), text: words, question, createdAt: createdAt.toISOString() };
}

export function toQuestionView(
  comments: readonly Comment[],
  parties: readonly string[],
  name: (id: string) => PersonRef,
): QuestionView | null {
  const last = openQuestions(comments, parties).at(-1);
  return last === undefined
    ? null
    : { by: name(last.author), at: last.createdAt.toISOString(), text: last.words };
}
