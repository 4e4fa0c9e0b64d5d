import { randomUUID } from 'node:crypto';
import type { Entitlement, Request } from '../api.ts';
import { askReasonAndLength } from '../ask-terms.ts';
import { readAsked } from '../asked.ts';
import type { Context } from '../context.ts';
import { beforeBreaking } from '../display/break-glass.ts';
import { printable } from '../display/printable.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import { followRequest } from '../follow-request.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';
import { advisingEntitlements } from '../server/unknown-entitlement.ts';
import type { RequestOptions } from './request.ts';

/**
 * Takes entitlements without asking anybody. A person at the terminal is told what happens then, and asked; where nobody can be
 * asked, --yes must say that it is meant. Without --for it is for as long as the catalog allows.
 * Throws CliError 2 for what does not go with it, 3 when the catalog does not name the caller.
 */
export async function breakGlass(
  context: Context,
  entitlements: readonly string[],
  options: RequestOptions,
): Promise<ExitCode> {
  const { person } = context.terminal;
  if (options.at !== undefined) {
    throw new CliError(exitCodes.usage, '--break-glass starts at once: leave --at out');
  }
  if (!person && options.yes !== true && options.dryRun !== true) {
    throw new CliError(
      exitCodes.usage,
      'nobody is there to be asked: add --yes to break the glass; everybody concerned is told at once',
    );
  }
  const asked = readAsked(entitlements, options.choice, options.set ?? []);
  const client = await connect(context);
  const offers = await advisingEntitlements(() => readOffers(client, asked.entitlements));
  const longest = Math.min(...offers.map((offer) => termsOf(offer).maxDurationSeconds));
  const terms = await askReasonAndLength(context, { ...options, for: options.for ?? longest });
  if (person && options.yes !== true && options.dryRun !== true) {
    context.terminal.err(beforeBreaking(offers, terms.durationSeconds));
    const { askYesNo } = await import('../prompt.ts');
    if (!(await askYesNo('Break the glass?')))
      throw new CliError(exitCodes.cancelled, 'nothing was taken, and nobody was told');
  }
  const made = await client.call<Request>({
    method: 'POST',
    path: '/v1/requests',
    query: { dryRun: options.dryRun },
    // The same key when the call is repeated after a step-up: taken once, whatever happens on the way.
    headers: { 'idempotency-key': randomUUID() },
    body: {
      ...asked,
      ...terms,
      breakGlass: true,
      ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
    },
  });
  return followRequest(context, client, made, options);
}

async function readOffers(client: Client, ids: readonly string[]): Promise<Entitlement[]> {
  return Promise.all(
    ids.map((id) =>
      client.call<Entitlement>({ method: 'GET', path: `/v1/entitlements/${encodeURIComponent(id)}` }),
    ),
  );
}

function termsOf({ id, terms }: Entitlement): NonNullable<Entitlement['terms']['breakGlass']> {
  if (terms.breakGlass !== null) return terms.breakGlass;
  throw new CliError(
    exitCodes.denied,
    `the catalog does not let you take ${printable(id)} by break-glass: ask for it with daypass request ${printable(id)}`,
  );
}
