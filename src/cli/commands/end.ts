import type { Grant } from '../api.ts';
import { dropGrant, markEnded } from '../cache/keep.ts';
import { type Context, show } from '../context.ts';
import { printable } from '../display/printable.ts';
import { formatTime } from '../display/time.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { chooseServer } from '../settings/server-url.ts';

/** Ends a grant early, named by its id or, when it is my only live one for it, by its entitlement. */
export async function end(context: Context, named: string, because: string | undefined): Promise<void> {
  const client = await connect(context);
  const id = named.startsWith('grt_') ? named : await onlyGrantFor(client, named);
  const url = await chooseServer(context);
  // First: whatever the server says, this computer hands out nothing more from what it keeps.
  const takeBack = await markEnded(context.env, url, id);
  let ended: Grant;
  try {
    ended = await client.call<Grant>({
      method: 'POST',
      path: `/v1/grants/${encodeURIComponent(id)}/end`,
      body: because === undefined ? {} : { because },
    });
  } catch (error) {
    // Refused, it goes on; where no answer came it may have ended all the same.
    if (error instanceof CliError && error.exitCode !== exitCodes.unavailable) await takeBack();
    throw error;
  }
  await dropGrant(context.env, url, id, context.now());
  show(context, ended, () => {
    const last = ended.lastPossibleUse;
    const until =
      last === null ? '' : `; what was issued can be used until ${formatTime(last)} at the latest`;
    return `${printable(ended.id)} for ${printable(ended.entitlement)} is ${printable(ended.state)}${until}.\n`;
  });
}

async function onlyGrantFor(client: Client, entitlement: string): Promise<string> {
  const query = { entitlement, stillLive: true, mine: true };
  const { items } = await readPages<Grant>(client, '/v1/grants', query, 200);
  const live = items.filter((grant) => grant.mayEnd);
  const [first] = live;
  if (first === undefined) {
    throw new CliError(exitCodes.denied, `no live grant for ${printable(entitlement)}: see daypass grants`);
  }
  if (live.length > 1) {
    const ids = live.map((grant) => printable(grant.id)).join(', ');
    throw new CliError(
      exitCodes.usage,
      `there are several grants for ${printable(entitlement)}: name one of ${ids}`,
    );
  }
  return first.id;
}
