import type { FindAnswer } from '../api.ts';
import { type Context, show } from '../context.ts';
import { table } from '../display/table.ts';
import { formatDuration } from '../duration.ts';
import { connect } from '../server/connect.ts';
import { shellQuote } from '../shell-quote.ts';

export interface FindOptions {
  readonly action: string;
  readonly account?: string;
  readonly resource?: string;
}

type Found = FindAnswer['items'][number];

/** Which of my entitlements let an action through, the narrowest first. */
export async function find(context: Context, options: FindOptions): Promise<void> {
  const client = await connect(context);
  const answer = await client.call<FindAnswer>({
    method: 'GET',
    path: '/v1/find',
    query: { action: options.action, account: options.account, resource: options.resource },
  });
  show(context, answer, () => (answer.items.length === 0 ? nothing(options) : found(context, answer)));
}

function nothing({ action, account }: FindOptions): string {
  const where = account === undefined ? '' : ` in ${account}`;
  return `Nothing that you may see allows ${action}${where}, as far as the catalog knows.\n`;
}

function found(context: Context, { items }: FindAnswer): string {
  const rows = items.map((item) => [
    nameOf(item),
    `${item.account.name} (${item.account.id})`,
    item.certainty === 'allows' ? 'allows' : 'may allow',
    formatDuration(item.maxDurationSeconds),
    [item.because, ...item.conditions].join('; '),
  ]);
  const [best] = items.filter((item) => item.mayAsk);
  const text = table(['entitlement', 'account', 'answer', 'at most', 'why'], rows, {
    columns: context.terminal.outColumns,
    whole: ['entitlement', 'answer', 'at most'],
  });
  return best === undefined ? text : `${text}\nThe narrowest: ${commandFor(best)}\n`;
}

function nameOf({ id, choice }: Found): string {
  return choice === null ? id : `${id}:${choice.name}`;
}

function commandFor(item: Found): string {
  const sets = (item.choice?.parameters ?? []).map(
    ({ name, value }) => ` --set ${shellQuote(`${name}=${value ?? '…'}`)}`,
  );
  return `daypass request ${nameOf(item)}${sets.join('')} --for 1h --because "…"`;
}
