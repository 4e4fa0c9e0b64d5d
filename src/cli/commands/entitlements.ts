import type { Entitlement, Page } from '../api.ts';
import { type Context, show } from '../context.ts';
import { oneRule } from '../display/people.ts';
import { table } from '../display/table.ts';
import { formatDuration } from '../duration.ts';
import { connect } from '../server/connect.ts';

/** What I may ask for, on what terms, and who would be asked. */
export async function entitlements(context: Context): Promise<void> {
  const client = await connect(context);
  const page = await client.call<Page<Entitlement>>({ method: 'GET', path: '/v1/entitlements' });
  const rows = page.items.map(({ id, account, terms, approvers, description }) => [
    id,
    `${account.name} (${account.id})`,
    formatDuration(terms.maxDurationSeconds),
    oneRule({ needed: terms.approve.count, groups: terms.approve.groups, people: approvers }),
    description,
  ]);
  show(context, page, () =>
    rows.length === 0
      ? 'There is nothing that you may ask for.\n'
      : table(['entitlement', 'account', 'at most', 'approved by', 'what for'], rows, {
          columns: context.terminal.outColumns,
          whole: ['entitlement', 'at most'],
        }),
  );
}
