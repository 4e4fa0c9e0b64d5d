import { encodeCursor } from './cursor.ts';
import type { Page } from './deps.ts';

/** What one read of rows gave: those that may be seen and are wanted, and the id up to which was looked; null: there are no more. */
export interface Batch<T> {
  readonly views: readonly T[];
  readonly last: string | null;
}

// Where little of what is read may be seen the search goes on for so long, and the cursor says from where.
const mostRounds = 20;

/**
 * A page of what may be seen, by reading batches until it is full: what may be seen is decided by row, not by the query. It can
 * hold fewer than its limit, even none, and have a next one. `after` is the id where the page before ended.
 */
export async function readVisiblePage<T extends { readonly id: string }>(
  start: { readonly after: string | null; readonly limit: number },
  readBatch: (after: string | null) => Promise<Batch<T>>,
): Promise<Page<T>> {
  const found: T[] = [];
  let { after } = start;
  for (let round = 0; round < mostRounds; round += 1) {
    const { views, last } = await readBatch(after);
    found.push(...views);
    after = last;
    if (last === null || found.length > start.limit) break;
  }
  const page = found.slice(0, start.limit);
  const next = found.length > start.limit ? (page.at(-1)?.id ?? null) : after;
  return { items: page, next: next === null ? null : encodeCursor(next) };
}
