import type { EligibilityItem, EligibilityReview, EligibilityReviewItems, Me } from '../api.ts';
import { type Context, show } from '../context.ts';
import { itemTable, reviewFacts, reviewTable } from '../display/eligibility.ts';
import { facts } from '../display/table.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

export interface EligibilityOptions {
  readonly all?: true;
  readonly limit: number;
}
export interface ShowOptions {
  readonly unanswered?: true;
  readonly unused?: true;
  readonly most: number;
}
export interface AnswerOptions {
  readonly unused?: true;
  readonly comment?: string;
}

// More people than anybody answers for one by one.
const mostAnswered = 100_000;

/** Reviews of who may ask that I may see: those that are open, or all. */
export async function eligibility(context: Context, { all, limit }: EligibilityOptions): Promise<void> {
  const client = await connect(context);
  const query = all === true ? {} : { open: true };
  const page = await readPages<EligibilityReview>(client, '/v1/eligibility-reviews', query, limit);
  show(context, page, () =>
    page.items.length === 0
      ? 'No reviews.\n'
      : reviewTable(page.items, context.now(), context.terminal.outColumns),
  );
}

/** One review, with the people in it. */
export async function showEligibility(
  context: Context,
  review: string,
  { most, ...filter }: ShowOptions,
): Promise<void> {
  const client = await connect(context);
  const path = pathOf(review);
  const head = await client.call<EligibilityReviewItems>({ method: 'GET', path, query: { limit: 1 } });
  const page = await readPages<EligibilityItem>(client, path, filter, most);
  show(context, { ...head, ...page }, () => {
    const columns = context.terminal.outColumns;
    const more = page.next === null ? '' : `\nThere are more: add --most.\n`;
    return `${facts(reviewFacts(head, context.now()), columns)}\n${itemTable(page.items, columns)}${more}`;
  });
}

/**
 * Answers for people one after the other, so that what was answered stands should one of them fail. With --unused for all who have
 * not used it for long and whom nobody has answered for; never for oneself. Throws CliError 2 where nobody is named.
 */
export async function answerEligibility(
  context: Context,
  {
    review,
    decision,
    people,
    unused,
    comment,
  }: AnswerOptions & {
    readonly review: string;
    readonly decision: 'keep' | 'drop';
    readonly people: readonly string[];
  },
): Promise<void> {
  if ((people.length === 0) === (unused !== true))
    throw new CliError(exitCodes.usage, 'name people by their ids, or give --unused alone');
  const client = await connect(context);
  const ids = unused === true ? await unusedIn(client, review) : people;
  const answered: EligibilityItem[] = [];
  for (const person of ids) {
    answered.push(
      await client.call<EligibilityItem>({
        method: 'POST',
        path: `${pathOf(review)}/answers`,
        body: { person, decision, ...(comment === undefined ? {} : { comment }) },
      }),
    );
  }
  show(context, { items: answered }, () => {
    const done = decision === 'keep' ? 'Kept' : 'Dropped';
    return `${done} ${answered.length} ${answered.length === 1 ? 'person' : 'people'}.\n`;
  });
}

async function unusedIn(client: Client, review: string): Promise<string[]> {
  const me = await client.call<Me>({ method: 'GET', path: '/v1/me' });
  const query = { unused: true, unanswered: true };
  const { items } = await readPages<EligibilityItem>(client, pathOf(review), query, mostAnswered);
  return items.map(({ person }) => person.id).filter((id) => id !== me.id);
}

function pathOf(review: string): string {
  return `/v1/eligibility-reviews/${encodeURIComponent(review)}`;
}
