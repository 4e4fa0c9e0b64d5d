import { randomUUID } from 'node:crypto';
import type { Grant, Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import type { Context } from '../context.ts';
import { childEnvironment } from '../credentials/child-environment.ts';
import { warnBeforeEnd } from '../credentials/end-warning.ts';
import { findGrant, requireCredentials, untilActive } from '../credentials/find-grant.ts';
import { type Obtained, obtainCredentials, obtainKept } from '../credentials/obtain.ts';
import { runChild } from '../credentials/run-child.ts';
import { unusedOptions } from '../credentials/unused-options.ts';
import { untilDecided } from '../decision.ts';
import { waitingFor } from '../display/people.ts';
import { printable } from '../display/printable.ts';
import { shorten } from '../display/shorten.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { advisingEntitlements } from '../server/unknown-entitlement.ts';
import { chooseServer } from '../settings/server-url.ts';

export interface ExecOptions {
  /** Seconds. */
  readonly for?: number;
  readonly because?: string;
  readonly ticket?: string;
  /** Seconds. */
  readonly timeout: number;
}

/** Runs a command with credentials in its environment; asks for the grant and waits for it first when there is none. */
export async function exec(
  context: Context,
  entitlement: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<number> {
  if (command.length === 0) {
    throw new CliError(
      exitCodes.usage,
      `say what to run: daypass exec ${printable(entitlement)} -- aws s3 ls`,
    );
  }
  const obtained = await obtain(context, entitlement, options);
  // Somebody who sees it; nothing comes in between what a program writes elsewhere.
  const watched = context.terminal.columns !== undefined;
  const stopWarning = watched ? warnBeforeEnd(context, entitlement, obtained) : () => {};
  try {
    return await runChild(command, childEnvironment(context.env, obtained.credentials), (text) =>
      context.terminal.err(`daypass: ${text}\n`),
    );
  } finally {
    stopWarning();
  }
}

async function obtain(context: Context, entitlement: string, options: ExecOptions): Promise<Obtained> {
  const url = await chooseServer(context);
  const client = await connect(context);
  const asks = options.for !== undefined || options.because !== undefined || options.ticket !== undefined;
  const kept = asks ? undefined : obtainKept(context, url, entitlement);
  if (kept !== undefined) return kept;
  // Before the lock: it may take as long as an approver takes.
  const grant = await obtainGrant(context, client, entitlement, options);
  return obtainCredentials(context, client, {
    url,
    entitlement,
    grantId: grant.id,
    find: () => Promise.resolve(grant),
  });
}

async function obtainGrant(
  context: Context,
  client: Client,
  entitlement: string,
  options: ExecOptions,
): Promise<Grant> {
  const found = await findGrant(client, entitlement);
  await requireCredentials(client, entitlement, found);
  const unused = unusedOptions(found, options);
  if (unused !== null) say(context, unused);
  if (found.is === 'active') return found.grant;
  if (found.is === 'coming') return untilActive(context, client, found.grant.id, options.timeout);
  const asked = found.is === 'asked' ? found.request : await ask(context, client, entitlement, options);
  const id = asked.id ?? '';
  if (asked.state === 'pending') {
    say(context, `${printable(id)} waits for ${waitingFor(asked) || 'an answer'}`);
  }
  const decided = await untilDecided(context, client, id, options.timeout);
  const grant = decided.grants.find((each) => each.entitlement === entitlement);
  if (decided.state !== 'approved' || grant === undefined) throw refused(decided);
  return untilActive(context, client, grant.id, options.timeout);
}

// One line, also on a narrow terminal.
function say(context: Context, text: string): void {
  const { columns, person } = context.terminal;
  const line = `daypass: ${text}`;
  context.terminal.err(`${person && columns ? shorten(line, columns) : line}\n`);
}

async function ask(
  context: Context,
  client: Client,
  entitlement: string,
  options: ExecOptions,
): Promise<Request> {
  const call = {
    method: 'POST' as const,
    path: '/v1/requests',
    headers: { 'idempotency-key': randomUUID() },
    body: {
      entitlements: [entitlement],
      ...(await askReasonAndLength(context, options)),
      ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
    },
  };
  return advisingEntitlements(() => client.call<Request>(call));
}

function refused(request: Request): CliError {
  const comment = request.reviews.findLast((review) => review.decision === 'deny')?.comment ?? null;
  const why = comment === null ? '' : `: ${printable(comment)}`;
  return new CliError(
    exitCodes.denied,
    `${printable(request.id ?? 'the request')} was ${request.state}${why}`,
  );
}
