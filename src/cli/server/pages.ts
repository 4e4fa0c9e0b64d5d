import type { Page } from '../api.ts';
import type { Client } from './client.ts';
import type { Call } from './send.ts';

/** What every list of the API takes at once. */
const pageLimit = 100;

/** Reads a list, page after page, until `limit` items or the end. `next` is the cursor of what was left, or null. */
export async function readPages<T>(
  client: Client,
  path: string,
  query: NonNullable<Call['query']>,
  limit: number,
): Promise<Page<T>> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const page: Page<T> = await client.call<Page<T>>({
      method: 'GET',
      path,
      query: { ...query, limit: Math.min(pageLimit, limit - items.length), cursor: next ?? undefined },
    });
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}
