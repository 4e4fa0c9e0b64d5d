import type { Me, Request } from './api.ts';
import type { Asked } from './asked.ts';
import { nameOf } from './display/people.ts';
import { printable } from './display/printable.ts';
import { formatTime } from './display/time.ts';
import { formatDuration } from './duration.ts';
import { CliError, exitCodes } from './exit.ts';
import type { Client } from './server/client.ts';
import { readPages } from './server/pages.ts';

/** What I asked for the last time, to be asked again. */
export interface LastAsked extends Asked {
  readonly durationSeconds: number;
  /** Null once it was erased. */
  readonly reason: string | null;
  readonly ticket: string | null;
  /** The id of whom it was for; null: myself. */
  readonly for: string | null;
  /** One line for the person at the terminal. */
  readonly told: string;
}

const mostLookedAt = 200;

/**
 * My newest request, or my newest for one entitlement or bundle; requests for more time are none. Throws CliError 3 when there is
 * none among my last 200.
 */
export async function lastAsked(client: Client, named: string | undefined): Promise<LastAsked> {
  const me = await client.call<Me>({ method: 'GET', path: '/v1/me' });
  const { items } = await readPages<Request>(client, '/v1/requests', { mine: true }, mostLookedAt);
  const found = items.find(
    (request) =>
      request.askedBy.id === me.id &&
      request.extends === null &&
      (named === undefined ||
        request.bundles.includes(named) ||
        request.entitlements.some(({ id }) => id === named)),
  );
  if (found === undefined) {
    const what = named === undefined ? 'anything' : printable(named);
    throw new CliError(exitCodes.denied, `you have not asked for ${what} yet: see daypass requests`);
  }
  const options = found.entitlements.flatMap(({ id, choice }) =>
    choice === null ? [] : [[id, { choice: choice.name, parameters: valuesOf(choice) }] as const],
  );
  return {
    entitlements: found.entitlements.map(({ id }) => id),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }),
    durationSeconds: found.durationSeconds,
    reason: found.reason,
    ticket: found.ticket,
    for: found.requester.id === me.id ? null : found.requester.id,
    told: tell(found, me),
  };
}

function valuesOf({
  parameters,
}: NonNullable<Request['entitlements'][number]['choice']>): Record<string, string> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}

function tell(request: Request, me: Me): string {
  const what = request.entitlements.map(({ id, choice }) =>
    printable(choice === null ? id : `${id}:${choice.name}`),
  );
  const who = request.requester.id === me.id ? '' : ` for ${nameOf(request.requester)}`;
  const ticket = request.ticket === null ? '' : `, ticket ${printable(request.ticket)}`;
  const reason = request.reason === null ? '' : `, because: ${printable(request.reason)}`;
  return `as in ${printable(request.id ?? '')} of ${printable(formatTime(request.createdAt))}: ${what.join(' ')}${who}, ${formatDuration(request.durationSeconds)}${ticket}${reason}`;
}
