import type { Grant } from './api.ts';
import { printable } from './display/printable.ts';
import { CliError, exitCodes } from './exit.ts';
import type { Client } from './server/client.ts';
import { readPages } from './server/pages.ts';

/**
 * The id of a grant that is named by its id or, when it is my only live one for it, by its entitlement.
 * Throws CliError 3 when there is none, 2 when there are several.
 */
export async function namedGrant(client: Client, named: string): Promise<string> {
  if (named.startsWith('grt_')) return named;
  const query = { entitlement: named, stillLive: true, mine: true };
  const { items } = await readPages<Grant>(client, '/v1/grants', query, 200);
  const live = items.filter((grant) => grant.mayEnd);
  const [first] = live;
  if (first === undefined) {
    throw new CliError(exitCodes.denied, `no live grant for ${printable(named)}: see daypass grants`);
  }
  if (live.length > 1) {
    const ids = live.map((grant) => printable(grant.id)).join(', ');
    throw new CliError(
      exitCodes.usage,
      `there are several grants for ${printable(named)}: name one of ${ids}`,
    );
  }
  return first.id;
}
