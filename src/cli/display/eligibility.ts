import type { EligibilityItem, EligibilityReview } from '../api.ts';
import { nameOf } from './people.ts';
import { table } from './table.ts';
import { formatDistance, formatTime } from './time.ts';

/** Reviews under headings, on a terminal of so many columns. */
export function reviewTable(
  reviews: readonly EligibilityReview[],
  now: Date,
  columns: number | undefined,
): string {
  return table(
    ['review', 'entitlement', 'state', 'due', 'people', 'unanswered', 'unused', 'dropped'],
    reviews.map(({ id, entitlement, state, dueAt, counts }) => [
      id,
      entitlement,
      state,
      formatDistance(dueAt, now),
      String(counts.people),
      String(counts.unanswered),
      String(counts.unused),
      String(counts.dropped + counts.lapsed),
    ]),
    { columns, whole: ['review', 'entitlement', 'due'] },
  );
}

/** What a review is about and how far it is. */
export function reviewFacts(review: EligibilityReview, now: Date): [string, string][] {
  const { counts, closedAt, closedBecause } = review;
  const closed = closedAt === null ? '' : `, closed ${formatTime(closedAt)}${because(closedBecause)}`;
  return [
    ['review', review.id],
    ['of', `who may ask for ${review.entitlement}`],
    ['state', `${review.state}${closed}`],
    ['due', `${formatTime(review.dueAt)} (${formatDistance(review.dueAt, now)})`],
    [
      'people',
      `${counts.people}: ${counts.kept} kept, ${counts.dropped} dropped, ${counts.lapsed} lapsed, ${counts.unanswered} unanswered`,
    ],
    ['unused', String(counts.unused)],
  ];
}

/** People in a review under headings. */
export function itemTable(items: readonly EligibilityItem[], columns: number | undefined): string {
  return table(
    ['person', 'id', 'by', 'last use', 'uses', 'unused', 'answer'],
    items.map((item) => [
      nameOf(item.person),
      item.person.id,
      item.group ?? 'name',
      item.lastUseAt === null ? 'never' : formatTime(item.lastUseAt),
      String(item.uses),
      item.unused ? 'unused' : '',
      answerText(item),
    ]),
    { columns, whole: ['id'] },
  );
}

function answerText({ decision, decidedBy, comment }: EligibilityItem): string {
  if (decision === null) return '';
  const by = decidedBy === null ? '' : ` by ${nameOf(decidedBy)}`;
  return `${decision}${by}${comment === null ? '' : `: ${comment}`}`;
}

function because(reason: EligibilityReview['closedBecause']): string {
  return reason === 'withdrawn' ? ': the catalog does not review it any more' : '';
}
