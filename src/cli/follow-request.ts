import type { Request } from './api.ts';
import { type Context, show } from './context.ts';
import { exitCodeOfDecision, sayNext, untilDecided } from './decision.ts';
import { alreadyAsked } from './display/held.ts';
import { describeRequest } from './display/request.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import type { Client } from './server/client.ts';

export interface FollowOptions {
  readonly wait?: true;
  /** Seconds. */
  readonly timeout: number;
}

/** Shows a request that was made just now, or what a dry run said of one, and waits for its decision where that is wanted. */
export async function followRequest(
  context: Context,
  client: Client,
  made: Request,
  options: FollowOptions,
): Promise<ExitCode> {
  // Asked for twice by mistake, approvers are bothered twice.
  if (!context.json && made.state === 'pending') context.terminal.err(alreadyAsked(made));
  if (options.wait === undefined || made.id === null) {
    show(context, made, () => describeRequest(made, context.now(), context.terminal.outColumns));
    if (made.id !== null) await sayNext(context, client, made);
    return exitCodes.done;
  }
  if (!context.json) context.terminal.err(describeRequest(made, context.now(), context.terminal.columns));
  const decided = await untilDecided(context, client, made.id, options.timeout);
  show(context, decided, () => describeRequest(decided, context.now(), context.terminal.outColumns));
  await sayNext(context, client, decided);
  return exitCodeOfDecision(decided);
}
