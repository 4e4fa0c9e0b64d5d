import type { Grant } from '../api.ts';
import { dropGrant, markEnded } from '../cache/keep.ts';
import { type Context, show } from '../context.ts';
import { endingFacts, waitsForDeny } from '../display/ending-times.ts';
import { printable } from '../display/printable.ts';
import { facts } from '../display/table.ts';
import { CliError, exitCodes } from '../exit.ts';
import { namedGrant } from '../named-grant.ts';
import { untilDone } from '../patience.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { chooseServer } from '../settings/server-url.ts';

export interface EndOptions {
  readonly because?: string;
  /** False: do not wait until AWS denies what was issued. */
  readonly wait: boolean;
}

// Writing a deny takes a second or two; where it takes longer, nobody needs to stand by.
const waitSeconds = 20;

/**
 * Ends a grant early, named by its id or, when it is my only live one for it, by its entitlement. Waits a few seconds until AWS
 * was read back to deny what was issued; taking longer is no error.
 */
export async function end(context: Context, named: string, options: EndOptions): Promise<void> {
  const { because } = options;
  const client = await connect(context);
  const id = await namedGrant(client, named);
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
  if (options.wait) ended = await untilDenied(context, client, ended);
  show(context, ended, () => {
    const line = `${printable(ended.id)} for ${printable(ended.entitlement)} is ${printable(ended.state)}.\n`;
    return line + facts(endingFacts(ended), context.terminal.outColumns);
  });
}

async function untilDenied(context: Context, client: Client, ended: Grant): Promise<Grant> {
  if (!waitsForDeny(ended)) return ended;
  let seen = ended;
  const path = `/v1/grants/${encodeURIComponent(ended.id)}`;
  try {
    await untilDone(context, {
      look: async () => (seen = await client.call<Grant>({ method: 'GET', path, timeoutMs: 5_000 })),
      missing: (grant) => (waitsForDeny(grant) ? 'waiting for AWS to deny what was issued' : null),
      timeoutSeconds: waitSeconds,
    });
  } catch (error) {
    // It has ended, whatever became of looking at it.
    if (!(error instanceof CliError)) throw error;
  }
  return seen;
}
