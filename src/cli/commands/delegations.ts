import type { Delegation } from '../api.ts';
import { type Context, show } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { facts, table } from '../display/table.ts';
import { formatDistance, formatTime } from '../display/time.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

export interface DelegateOptions {
  readonly until: string;
  readonly from?: string;
  readonly only?: readonly string[];
  readonly because: string;
}

/** Hands my right to answer to somebody else for a while. */
export async function delegate(context: Context, person: string, options: DelegateOptions): Promise<void> {
  const client = await connect(context);
  const made = await client.call<Delegation>({
    method: 'POST',
    path: '/v1/delegations',
    body: {
      delegate: person,
      endsAt: options.until,
      because: options.because,
      ...(options.from === undefined ? {} : { startsAt: options.from }),
      ...(options.only === undefined ? {} : { entitlements: options.only }),
    },
  });
  show(context, made, () => describe(context, made));
}

export interface DelegationsOptions {
  readonly all?: true;
  readonly ended?: true;
  readonly limit: number;
}

/** Rights that I handed over and that were handed to me; with --all everybody's. */
export async function delegations(context: Context, options: DelegationsOptions): Promise<void> {
  const client = await connect(context);
  const page = await readPages<Delegation>(
    client,
    '/v1/delegations',
    { all: options.all, standing: options.ended === true ? undefined : true },
    options.limit,
  );
  const now = context.now();
  const rows = page.items.map((item) => [
    item.id,
    item.state,
    nameOf(item.principal),
    nameOf(item.delegate),
    what(item),
    formatDistance(item.startsAt, now),
    formatDistance(item.endedAt ?? item.endsAt, now),
    item.because,
  ]);
  show(context, page, () =>
    rows.length === 0
      ? 'No delegations.\n'
      : table(['delegation', 'state', 'of', 'to', 'for', 'starts', 'ends', 'because'], rows, {
          columns: context.terminal.outColumns,
          whole: ['delegation', 'state', 'starts', 'ends'],
        }),
  );
}

/** Ends one before its time. */
export async function endDelegation(context: Context, id: string): Promise<void> {
  const client = await connect(context);
  const path = `/v1/delegations/${encodeURIComponent(id)}/end`;
  const ended = await client.call<Delegation>({ method: 'POST', path, body: {} });
  show(context, ended, () => describe(context, ended));
}

function describe({ terminal }: Context, item: Delegation): string {
  return facts(
    [
      ['delegation', item.id],
      ['state', item.state],
      ['of', nameOf(item.principal)],
      ['to', nameOf(item.delegate)],
      ['for', what(item)],
      ['starts', formatTime(item.startsAt)],
      ['ends', formatTime(item.endedAt ?? item.endsAt)],
      ['because', item.because],
    ],
    terminal.outColumns,
  );
}

function what({ entitlements }: Delegation): string {
  return entitlements === null ? 'all' : entitlements.join(' ');
}
