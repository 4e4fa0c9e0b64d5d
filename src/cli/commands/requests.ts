import type { Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { waitingFor, whose } from '../display/people.ts';
import { table } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { formatDuration } from '../duration.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

export interface RequestsOptions {
  readonly toReview?: true;
  readonly all?: true;
  readonly state?: string;
  readonly limit: number;
}

/** My requests; those that wait for my review; or all that I may see. */
export async function requests(context: Context, options: RequestsOptions): Promise<void> {
  const client = await connect(context);
  const listed = options.toReview === true ? { toReview: true } : options.all === true ? {} : { mine: true };
  const page = await readPages<Request>(
    client,
    '/v1/requests',
    { ...listed, state: options.state },
    options.limit,
  );
  const now = context.now();
  // My own requests all have the same name on them, unless I asked for a colleague or they for me.
  const everybodys =
    !('mine' in listed) || page.items.some(({ requester, askedBy }) => requester.id !== askedBy.id);
  const rows = page.items.map((item) => [
    item.id ?? '',
    item.breakGlass ? `BREAK-GLASS ${item.state}` : item.state,
    ...(everybodys ? [whose(item)] : []),
    item.entitlements.map(({ id }) => id).join(' '),
    (item.extends === null ? '' : '+') + formatDuration(item.durationSeconds),
    formatDistance(item.createdAt, now),
    item.state === 'pending' ? waitingFor(item) : '',
    item.reason ?? '',
  ]);
  show(context, page, () =>
    rows.length === 0
      ? 'No requests.\n'
      : table(
          [
            'request',
            'state',
            ...(everybodys ? ['who'] : []),
            'access',
            'for',
            'asked',
            'waiting for',
            'because',
          ],
          rows,
          { columns: context.terminal.outColumns, whole: ['request', 'state', 'for', 'asked'] },
        ),
  );
}
