import type { Entitlement } from '../api.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { advisingEntitlements } from '../server/unknown-entitlement.ts';

/** Throws CliError 3 for a permission set: its access is used through Identity Center, and Daypass has no credentials for it. */
export function requireRole(entitlement: string, target: Entitlement['target']): void {
  if (target === 'role') return;
  const named = printable(entitlement);
  throw new CliError(
    exitCodes.denied,
    `${named} is a permission set, which gives no credentials here: ask with daypass request ${named}, and once it is granted sign in at your AWS access portal or with aws sso login`,
  );
}

/** As requireRole, for an entitlement that nothing is known of yet. Throws CliError 3 as well when there is none by this id. */
export async function requireRoleById(client: Client, id: string): Promise<void> {
  const path = `/v1/entitlements/${encodeURIComponent(id)}`;
  const { target } = await advisingEntitlements(() => client.call<Entitlement>({ method: 'GET', path }));
  requireRole(id, target);
}
