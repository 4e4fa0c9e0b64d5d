import type { Entitlement, Page } from '../api.ts';
import type { Context } from '../context.ts';
import { requireRole } from '../credentials/gives-credentials.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';

/**
 * Throws CliError 3 for an entitlement that is not among mine, or that gives no credentials. Profiles can be written before the
 * first sign-in and without the service: then nothing is checked, and nobody is made to sign in.
 */
export async function checkEntitlements(context: Context, named: readonly string[]): Promise<void> {
  const mine = await listed(context);
  if (mine === null) return;
  for (const id of named) {
    const found = mine.find((each) => each.id === id);
    if (found === undefined) {
      throw new CliError(
        exitCodes.denied,
        `there is no entitlement ${printable(id)}, or it is not yours to see: see daypass entitlements`,
      );
    }
    requireRole(id, found.target);
  }
}

async function listed(context: Context): Promise<readonly Entitlement[] | null> {
  const client = await connect({ ...context, terminal: { ...context.terminal, person: false } });
  try {
    const page = await client.call<Page<Entitlement>>({
      method: 'GET',
      path: '/v1/entitlements',
      timeoutMs: 5_000,
    });
    return page.items;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.exitCode === exitCodes.signInNeeded || error.exitCode === exitCodes.unavailable) return null;
    throw error;
  }
}
