import { randomUUID } from 'node:crypto';
import type { Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import { type Context, show } from '../context.ts';
import { exitCodeOfDecision, sayNext, untilDecided } from '../decision.ts';
import { alreadyAsked } from '../display/next-step.ts';
import { describeRequest } from '../display/request.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { advisingEntitlements } from '../server/unknown-entitlement.ts';

export interface RequestOptions {
  /** Seconds. */
  readonly for?: number;
  readonly because?: string;
  readonly ticket?: string;
  /** RFC 3339. */
  readonly at?: string;
  readonly wait?: true;
  /** Seconds. */
  readonly timeout: number;
  readonly dryRun?: true;
}

/** Asks for access to one or more entitlements. */
export async function request(
  context: Context,
  entitlements: readonly string[],
  options: RequestOptions,
): Promise<ExitCode> {
  const terms = await askReasonAndLength(context, options);
  const client = await connect(context);
  const call = {
    method: 'POST' as const,
    path: '/v1/requests',
    query: { dryRun: options.dryRun },
    // The same key when the call is repeated after a step-up: asked once, whatever happens on the way.
    headers: { 'idempotency-key': randomUUID() },
    body: {
      entitlements,
      ...terms,
      ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
      ...(options.at === undefined ? {} : { startAt: options.at }),
    },
  };
  const asked = await advisingEntitlements(() => client.call<Request>(call));
  await hintAtOthers(context, client, asked);
  if (options.wait === undefined || asked.id === null) {
    show(context, asked, () => describeRequest(asked, context.now(), context.terminal.outColumns));
    if (asked.id !== null) await sayNext(context, client, asked);
    return exitCodes.done;
  }
  if (!context.json) context.terminal.err(describeRequest(asked, context.now(), context.terminal.columns));
  const decided = await untilDecided(context, client, asked.id, options.timeout);
  show(context, decided, () => describeRequest(decided, context.now(), context.terminal.outColumns));
  await sayNext(context, client, decided);
  return exitCodeOfDecision(decided);
}

// Asked for twice by mistake, approvers are bothered twice.
async function hintAtOthers(context: Context, client: Client, asked: Request): Promise<void> {
  if (context.json || asked.id === null || asked.state !== 'pending') return;
  try {
    const query = { state: 'pending', mine: true };
    const { items } = await readPages<Request>(client, '/v1/requests', query, 100);
    context.terminal.err(alreadyAsked(asked, items));
  } catch (error) {
    // The request was made; a hint is not worth failing for.
    if (!(error instanceof CliError)) throw error;
  }
}
