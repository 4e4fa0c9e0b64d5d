import type { Grant, Page, Request } from '../api.ts';
import type { Context } from '../context.ts';
import { waitingFor } from '../display/people.ts';
import { printable } from '../display/printable.ts';
import { formatTime } from '../display/time.ts';
import { CliError, exitCodes } from '../exit.ts';
import { untilDone } from '../patience.ts';
import type { Client } from '../server/client.ts';
import { readPages } from '../server/pages.ts';
import { requireRole, requireRoleById } from './gives-credentials.ts';

/** What there is of mine for an entitlement. */
export type Found =
  | { readonly is: 'active'; readonly grant: Grant }
  | { readonly is: 'coming'; readonly grant: Grant }
  | { readonly is: 'asked'; readonly request: Request }
  | { readonly is: 'nothing' };

/** Finds my active grant that ends last; else one that has yet to begin; else my pending request; else nothing. */
export async function findGrant(client: Client, entitlement: string): Promise<Found> {
  const active = await grants(client, { entitlement, state: 'active', mine: true });
  const best = active.items.toSorted((a, b) => Date.parse(b.endsAt) - Date.parse(a.endsAt))[0];
  if (best !== undefined) return { is: 'active', grant: best };

  const live = await grants(client, { entitlement, stillLive: true, mine: true });
  const coming = live.items
    .filter((grant) => grant.state === 'scheduled' || grant.state === 'activating')
    .toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))[0];
  if (coming !== undefined) return { is: 'coming', grant: coming };

  const pending = await readPages<Request>(client, '/v1/requests', { state: 'pending', mine: true }, 200);
  // More time under a grant that is over by now gives nothing to wait for.
  const request = pending.items.find(
    (item) => item.extends === null && item.entitlements.some(({ id }) => id === entitlement),
  );
  return request === undefined ? { is: 'nothing' } : { is: 'asked', request };
}

/**
 * Throws CliError 3 when what is found, or could be asked for, is a permission set, or when there is no such entitlement. Only
 * where nothing is found is the service asked once more: what is found tells.
 */
export async function requireCredentials(client: Client, entitlement: string, found: Found): Promise<void> {
  if (found.is === 'nothing') return requireRoleById(client, entitlement);
  if (found.is !== 'asked') return requireRole(entitlement, found.grant.target);
  const asked = found.request.entitlements.find(({ id }) => id === entitlement);
  if (asked !== undefined) requireRole(entitlement, asked.target);
}

// From approval to active it takes a moment; a permission set takes longer, but has no credentials to wait for.
const activationSeconds = 30;

/**
 * My active grant; one that is due is waited for, half a minute at most. Throws CliError 5 when it is still to come, 3 when there
 * is none, saying what to run.
 */
export async function requireGrant(context: Context, client: Client, entitlement: string): Promise<Grant> {
  const found = await findGrant(client, entitlement);
  await requireCredentials(client, entitlement, found);
  if (found.is === 'active') return found.grant;
  if (found.is === 'coming' && Date.parse(found.grant.startsAt) <= context.now().getTime()) {
    return untilActive(context, client, found.grant.id, activationSeconds);
  }
  throw notYet(found, printable(entitlement));
}

/** Waits until a grant is active. Throws CliError 3 when it will not be, 5 after the time limit. */
export async function untilActive(
  context: Context,
  client: Client,
  id: string,
  timeoutSeconds: number,
): Promise<Grant> {
  const grant = await untilDone(context, {
    look: () => client.call<Grant>({ method: 'GET', path: `/v1/grants/${encodeURIComponent(id)}` }),
    missing: ({ state }) =>
      state === 'scheduled' || state === 'activating' ? `${printable(id)} is ${state}` : null,
    timeoutSeconds,
  });
  if (grant.state === 'active') return grant;
  const why = grant.failure === null ? '' : `: ${printable(grant.failure)}`;
  throw new CliError(exitCodes.denied, `${printable(id)} is ${printable(grant.state)}${why}`);
}

function notYet(found: Exclude<Found, { is: 'active' }>, entitlement: string): CliError {
  if (found.is === 'coming') {
    const { state, startsAt } = found.grant;
    return new CliError(
      exitCodes.pending,
      `the grant for ${entitlement} is ${printable(state)}: it starts at ${printable(formatTime(startsAt))}`,
    );
  }
  if (found.is === 'asked') {
    const id = printable(found.request.id ?? '');
    return new CliError(
      exitCodes.pending,
      `${id} for ${entitlement} still waits for ${waitingFor(found.request)}: run daypass wait ${id}`,
    );
  }
  return new CliError(
    exitCodes.denied,
    `no grant for ${entitlement}: run daypass request ${entitlement} --for 1h --because "…"`,
  );
}

function grants(client: Client, query: Record<string, string | boolean>): Promise<Page<Grant>> {
  return readPages<Grant>(client, '/v1/grants', query, 200);
}
