import type { BoundaryPage } from '../api.ts';
import { type Context, show } from '../context.ts';
import { printable } from '../display/printable.ts';
import { table } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

export interface BoundariesOptions {
  readonly failing?: true;
  readonly limit: number;
}

type Boundary = BoundaryPage['items'][number];

/** How the denying of ended grants stands in each account, and what stands in the way of it. */
export async function boundaries(context: Context, options: BoundariesOptions): Promise<void> {
  const client = await connect(context);
  const query = { failing: options.failing };
  const page = await readPages<Boundary>(client, '/v1/boundaries', query, options.limit);
  const distance = (instant: string | null) =>
    instant === null ? '-' : formatDistance(instant, context.now());
  show(context, page, () => {
    if (page.items.length === 0)
      return options.failing === true ? 'Nothing stands in the way.\n' : 'No grant has been ended early.\n';
    const rows = page.items.map((item) => [
      item.account,
      String(item.denies),
      String(item.waiting.length),
      distance(item.readBackAt),
      distance(item.failingSince),
      distance(item.nextTryAt),
      String(item.unknownCodes.length),
    ]);
    const headings = ['account', 'denies', 'waiting', 'read back', 'failing since', 'next try', 'unknown'];
    return table(headings, rows) + page.items.map(obstacle).join('');
  });
}

/** What stands in the way of one account, and for which grants. */
function obstacle({ account, reason, attempts, waiting, unknownCodes }: Boundary): string {
  const lines = [
    ...(reason === null ? [] : [`${account}: ${reason} (${attempts} attempts)`]),
    ...(reason === null ? [] : waiting.map(({ grant, target }) => `  ${grant} for ${target}`)),
    ...(unknownCodes.length === 0 ? [] : [`${account}: of no known grant: ${unknownCodes.join(', ')}`]),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}
