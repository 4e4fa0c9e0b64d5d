import type { Grant } from '../api.ts';
import { type Context, show } from '../context.ts';
import { rememberGrants } from '../credentials/remember-grants.ts';
import { nameOf } from '../display/people.ts';
import { table } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { chooseServer } from '../settings/server-url.ts';

export interface GrantsOptions {
  readonly all?: true;
  readonly ended?: true;
  readonly entitlement?: string;
  readonly limit: number;
}

/** My live grants; with --ended those before, with --all everybody's that I may see. */
export async function grants(context: Context, options: GrantsOptions): Promise<void> {
  const client = await connect(context);
  const query = {
    mine: options.all === true ? undefined : true,
    stillLive: options.ended === true ? undefined : true,
    entitlement: options.entitlement,
  };
  const page = await readPages<Grant>(client, '/v1/grants', query, options.limit);
  if (options.all !== true) {
    const complete = page.next === null && options.entitlement === undefined;
    await rememberGrants(context, client, await chooseServer(context), page.items, { complete });
  }
  // My own grants all have the same name on them.
  const everybodys = options.all === true;
  const rows = page.items.map((grant) => [
    grant.id,
    grant.entitlement,
    ...(everybodys ? [nameOf(grant.person)] : []),
    `${grant.account.name} (${grant.account.id})`,
    grant.endedBecause === null ? grant.state : `${grant.state}: ${grant.endedBecause}`,
    formatDistance(grant.endedAt ?? grant.endsAt, context.now()),
    grant.failure ?? '',
  ]);
  show(context, page, () =>
    rows.length === 0
      ? 'No grants.\n'
      : table(
          ['grant', 'entitlement', ...(everybodys ? ['who'] : []), 'account', 'state', 'ends', 'fault'],
          rows,
          { columns: context.terminal.outColumns, whole: ['grant', 'ends'] },
        ),
  );
}
