import { randomUUID } from 'node:crypto';
import type { Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { type FollowOptions, followRequest } from '../follow-request.ts';
import { namedGrant } from '../named-grant.ts';
import { connect } from '../server/connect.ts';

export interface ExtendOptions extends FollowOptions {
  /** Seconds. */
  readonly for?: number;
  readonly because?: string;
  readonly ticket?: string;
  readonly dryRun?: true;
}

/** Asks for more time under a live grant of mine, named by its id or its entitlement. Approved, it ends later; nothing is interrupted. */
export async function extend(context: Context, named: string, options: ExtendOptions): Promise<ExitCode> {
  const terms = await askReasonAndLength(context, options);
  const client = await connect(context);
  const id = await namedGrant(client, named);
  const made = await client.call<Request>({
    method: 'POST',
    path: `/v1/grants/${encodeURIComponent(id)}/extend`,
    query: { dryRun: options.dryRun },
    // The same key when the call is repeated after a step-up: asked once, whatever happens on the way.
    headers: { 'idempotency-key': randomUUID() },
    body: { ...terms, ...(options.ticket === undefined ? {} : { ticket: options.ticket }) },
  });
  return followRequest(context, client, made, options);
}
