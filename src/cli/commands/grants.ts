import type { Grant, Page } from '../api.ts';
import { type Context, show } from '../context.ts';
import { rememberGrants } from '../credentials/remember-grants.ts';
import { grantedText } from '../display/choice.ts';
import { endingCells } from '../display/ending-times.ts';
import { nameOf } from '../display/people.ts';
import { table } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { chooseServer } from '../settings/server-url.ts';

export interface GrantsOptions {
  readonly all?: true;
  readonly ended?: true;
  readonly stillLive?: true;
  readonly entitlement?: string;
  readonly limit: number;
}

/**
 * My live grants; with --ended those before, with --all everybody's that I may see. With --still-live everybody's that can still
 * be used, whatever their state.
 */
export async function grants(context: Context, options: GrantsOptions): Promise<void> {
  const client = await connect(context);
  const mine = options.all !== true && options.stillLive !== true;
  const query = {
    mine: mine ? true : undefined,
    stillLive: options.stillLive === true || options.ended !== true ? true : undefined,
    entitlement: options.entitlement,
  };
  const page = await readPages<Grant>(client, '/v1/grants', query, options.limit);
  if (mine) {
    const complete = page.next === null && options.entitlement === undefined;
    await rememberGrants(context, client, await chooseServer(context), page.items, { complete });
  }
  show(context, page, () => {
    if (page.items.length === 0)
      return options.stillLive === true ? 'Nothing can still be used.\n' : 'No grants.\n';
    return options.stillLive === true ? stillLiveTable(context, page) : grantTable(context, page, mine);
  });
}

// My own grants all have the same name on them.
function grantTable(context: Context, page: Page<Grant>, mine: boolean): string {
  const rows = page.items.map((grant) => [
    grant.id,
    grantedText(grant),
    ...(mine ? [] : [nameOf(grant.person)]),
    `${grant.account.name} (${grant.account.id})`,
    stateOf(grant),
    formatDistance(grant.endedAt ?? grant.endsAt, context.now()),
    grant.failure ?? '',
  ]);
  return table(
    ['grant', 'entitlement', ...(mine ? [] : ['who']), 'account', 'state', 'ends', 'fault'],
    rows,
    { columns: context.terminal.outColumns, whole: ['grant', 'ends'] },
  );
}

function stillLiveTable(context: Context, page: Page<Grant>): string {
  const rows = page.items.map((grant) => [
    grant.id,
    grantedText(grant),
    nameOf(grant.person),
    stateOf(grant),
    ...endingCells(grant, context.now()),
  ]);
  return table(['grant', 'entitlement', 'who', 'state', 'no new use', 'denied in AWS', 'last use'], rows, {
    columns: context.terminal.outColumns,
    whole: ['grant', 'no new use', 'denied in AWS', 'last use'],
  });
}

function stateOf({ state, endedBecause, silencedAt, breakGlass }: Grant): string {
  const how = breakGlass ? `BREAK-GLASS ${state}` : state;
  const why = endedBecause === null ? how : `${how}: ${endedBecause}`;
  return silencedAt === null ? why : `${why} (silenced)`;
}
