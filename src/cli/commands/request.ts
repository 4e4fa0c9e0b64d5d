import { randomUUID } from 'node:crypto';
import type { Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import { readAsked } from '../asked.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { type FollowOptions, followRequest } from '../follow-request.ts';
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
}

/** Asks for access to one or more entitlements, or to bundles of them. */
export async function request(
  context: Context,
  entitlements: readonly string[],
  options: RequestOptions,
): Promise<ExitCode> {
  const asked = readAsked(entitlements, options.choice, options.set ?? []);
  const terms = await askReasonAndLength(context, options);
  const client = await connect(context);
  const call = {
    method: 'POST' as const,
    path: '/v1/requests',
    query: { dryRun: options.dryRun },
    // The same key when the call is repeated after a step-up: asked once, whatever happens on the way.
    headers: { 'idempotency-key': randomUUID() },
    body: {
      ...asked,
      ...terms,
      ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
      ...(options.at === undefined ? {} : { startAt: options.at }),
    },
  };
  const made = await advisingEntitlements(() => client.call<Request>(call));
  return followRequest(context, client, made, options);
}
