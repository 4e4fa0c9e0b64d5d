import type { Grant, Request } from './api.ts';
import type { Context } from './context.ts';
import { lookAnew, rememberGrants } from './credentials/remember-grants.ts';
import { nextStep } from './display/next-step.ts';
import { waitingFor } from './display/people.ts';
import { printable } from './display/printable.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { unlessInterrupted } from './interruption.ts';
import { untilDone } from './patience.ts';
import type { Client } from './server/client.ts';
import { chooseServer } from './settings/server-url.ts';

/**
 * Waits until a request is no longer pending and returns it. Throws CliError 5 after the time limit; Ctrl-C ends the command,
 * saying that the request stays.
 */
export function untilDecided(
  context: Context,
  client: Client,
  id: string,
  timeoutSeconds: number,
): Promise<Request> {
  const named = printable(id);
  const standing = `${named} is still pending: daypass wait ${named} waits on, daypass cancel ${named} takes it back`;
  return unlessInterrupted(context, standing, () =>
    untilDone(context, {
      look: () => client.call<Request>({ method: 'GET', path: `/v1/requests/${encodeURIComponent(id)}` }),
      missing: (request) =>
        request.state === 'pending' ? `${named} waits for ${waitingFor(request) || 'an answer'}` : null,
      timeoutSeconds,
    }),
  );
}

/** Tells a person at the terminal what comes next after a request of theirs, and keeps its grants for their shell's prompt. */
export async function sayNext(context: Context, client: Client, request: Request): Promise<void> {
  const url = await chooseServer(context);
  if (request.extends === null) {
    await rememberGrants(context, client, url, request.grants, { complete: false });
    await lookAnew(context, client, url, request);
  } else if (request.state === 'approved') {
    // What is kept works on, to its own end; only the grant ends later.
    await rememberGrants(context, client, url, await extended(client, request.extends.grant), {
      complete: false,
    });
  }
  if (context.terminal.person && !context.json) context.terminal.err(nextStep(request));
}

async function extended(client: Client, id: string): Promise<Grant[]> {
  try {
    return [await client.call<Grant>({ method: 'GET', path: `/v1/grants/${encodeURIComponent(id)}` })];
  } catch (error) {
    // It was approved; the shell's prompt learns of it by and by.
    if (!(error instanceof CliError)) throw error;
    return [];
  }
}

const meaning: Readonly<Record<Request['state'], ExitCode>> = {
  approved: exitCodes.done,
  pending: exitCodes.pending,
  denied: exitCodes.denied,
  cancelled: exitCodes.denied,
  expired: exitCodes.denied,
};

/** What a decided request means to scripts. */
export function exitCodeOfDecision(request: Request): ExitCode {
  return meaning[request.state];
}
