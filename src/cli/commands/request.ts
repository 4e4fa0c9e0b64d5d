import { randomUUID } from 'node:crypto';
import type { Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import { readAsked } from '../asked.ts';
import type { Context } from '../context.ts';
import { alreadyHeld } from '../display/held.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import { extendInstead } from '../extend-instead.ts';
import { type FollowOptions, followRequest } from '../follow-request.ts';
import { type LastAsked, lastAsked } from '../last-asked.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { advisingEntitlements } from '../server/unknown-entitlement.ts';

export interface RequestOptions extends FollowOptions {
  /** Seconds. */
  readonly for?: number;
  readonly because?: string;
  readonly ticket?: string;
  /** RFC 3339. */
  readonly at?: string;
  readonly dryRun?: true;
  readonly breakGlass?: true;
  /** Do not ask whether breaking the glass is meant. */
  readonly yes?: true;
  readonly choice?: string;
  /** `name=value` each. */
  readonly set?: readonly string[];
  /** Whose access it is: an id or an email address. */
  readonly colleague?: string;
  /** The same as I asked for the last time. */
  readonly again?: true;
}

/** Asks for access to one or more entitlements, or to bundles of them. */
export async function request(
  context: Context,
  entitlements: readonly string[],
  options: RequestOptions,
): Promise<ExitCode> {
  requireSense(entitlements, options);
  const asked = options.again === true ? null : readAsked(entitlements, options.choice, options.set ?? []);
  const early = asked === null ? null : await askReasonAndLength(context, options);
  const client = await connect(context);
  const last = asked === null ? await readLast(context, client, entitlements[0]) : null;
  const terms = early ?? (await askReasonAndLength(context, options, last ?? undefined));
  const ticket = options.ticket ?? last?.ticket ?? undefined;
  const person = options.colleague ?? last?.for ?? undefined;
  const body = {
    ...askedIn(asked ?? last),
    ...terms,
    ...(ticket === undefined ? {} : { ticket }),
    ...(person === undefined ? {} : { for: person }),
    ...(options.at === undefined ? {} : { startAt: options.at }),
  };
  const send = (dryRun: true | undefined) =>
    advisingEntitlements(() =>
      client.call<Request>({
        method: 'POST',
        path: '/v1/requests',
        query: { dryRun },
        // The same key when the call is repeated after a step-up: asked once, whatever happens on the way.
        headers: { 'idempotency-key': randomUUID() },
        body,
      }),
    );
  // Somebody who can answer is asked before anything is made.
  const asks = context.terminal.person && !context.json && options.dryRun === undefined;
  const preview = asks ? await send(true) : null;
  const extension = preview === null ? null : await extendInstead(client, preview, body);
  const made = extension ?? (await send(options.dryRun));
  if (!context.json && extension === null) context.terminal.err(alreadyHeld(made));
  return followRequest(context, client, made, options);
}

function requireSense(entitlements: readonly string[], { again, choice, set }: RequestOptions): void {
  if (again === undefined) {
    if (entitlements.length > 0) return;
    throw new CliError(exitCodes.usage, 'say what to ask for: see daypass entitlements');
  }
  if (entitlements.length > 1)
    throw new CliError(exitCodes.usage, '--again takes one entitlement, or none for my newest request');
  if (choice !== undefined || set !== undefined)
    throw new CliError(
      exitCodes.usage,
      '--again asks for the same part as before: leave --choice and --set out',
    );
}

async function readLast(context: Context, client: Client, named: string | undefined): Promise<LastAsked> {
  const last = await lastAsked(client, named);
  if (!context.json) context.terminal.err(`daypass: ${last.told}\n`);
  return last;
}

function askedIn(asked: Pick<LastAsked, 'entitlements' | 'options'> | null) {
  const { entitlements = [], options } = asked ?? {};
  return { entitlements, ...(options === undefined ? {} : { options }) };
}
