import type { Bundle, Entitlement, Page } from '../api.ts';
import { type Context, show } from '../context.ts';
import { oneRule } from '../display/people.ts';
import { table } from '../display/table.ts';
import { formatTime } from '../display/time.ts';
import { formatDuration } from '../duration.ts';
import { connect } from '../server/connect.ts';

/** What I may ask for, on what terms, and who would be asked. */
export async function entitlements(context: Context): Promise<void> {
  const client = await connect(context);
  const page = await client.call<Page<Entitlement> & { readonly bundles?: readonly Bundle[] }>({
    method: 'GET',
    path: '/v1/entitlements',
  });
  const rows = page.items.map(({ id, account, terms, approvers, description }) => [
    id,
    `${account.name} (${account.id})`,
    formatDuration(terms.maxDurationSeconds),
    oneRule({ needed: terms.approve.count, groups: terms.approve.groups, people: approvers }),
    description,
  ]);
  show(context, page, () => {
    if (rows.length === 0) return 'There is nothing that you may ask for.\n';
    const columns = context.terminal.outColumns;
    const first = table(['entitlement', 'account', 'at most', 'approved by', 'what for'], rows, {
      columns,
      whole: ['entitlement', 'at most'],
    });
    const choices = page.items.flatMap(choicesOf);
    const dropped = page.items.flatMap(droppedOf);
    const bundles = (page.bundles ?? []).map(({ name, entitlements: members }) => [name, members.join(', ')]);
    const more = [
      table(['choice', 'to fill in', 'what for'], choices, { columns, whole: ['choice'] }),
      table(['not to be asked for any more', 'since', 'by the review, whose owners can keep you'], dropped, {
        columns,
        whole: ['since'],
      }),
      table(['bundle', 'stands for'], bundles, { columns, whole: ['bundle'] }),
    ];
    return [first, ...more.filter((text) => text !== '')].join('\n');
  });
}

function choicesOf({ id, choices = [] }: Partial<Entitlement>): string[][] {
  return choices.map(({ name, description, parameters }) => [
    `${id}:${name}`,
    parameters.map((parameter) => `${parameter.name}=…`).join(' '),
    description,
  ]);
}

function droppedOf({ id = '', dropped = null }: Partial<Entitlement>): string[][] {
  return dropped === null ? [] : [[id, formatTime(dropped.since), dropped.review]];
}
