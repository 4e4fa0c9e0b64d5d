import { eq } from '../db/drizzle.ts';
import type { AssuranceLevel } from '../catalog/types.ts';
import { signIns } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import type { Caller } from './caller.ts';
import type { IdentityDeps } from './deps.ts';

/** What GET /v1/me answers. Times are RFC 3339 in UTC. */
export interface MeView {
  readonly id: string;
  readonly name: string | null;
  readonly groups: readonly string[];
  readonly roles: { readonly auditor: boolean; readonly operator: boolean };
  readonly assurance: { readonly level: AssuranceLevel; readonly authenticatedAt: string };
  readonly signIn: {
    readonly id: string;
    readonly client: 'browser' | 'cli';
    readonly expiresAt: string;
  };
}

/** Who the caller is and how they are signed in. Throws Refusal `unauthenticated` when the sign-in is gone. */
export async function getMe(deps: Pick<IdentityDeps, 'db'>, caller: Caller): Promise<MeView> {
  const rows = await deps.db
    .select({ client: signIns.client, expiresAt: signIns.expiresAt })
    .from(signIns)
    .where(eq(signIns.id, caller.signInId));
  const row = rows[0];
  if (row === undefined) throw new Refusal('unauthenticated', 'You are not signed in: sign in first.');
  return {
    id: caller.personId,
    name: caller.name,
    groups: caller.groups,
    roles: { auditor: caller.isAuditor, operator: caller.isOperator },
    assurance: {
      level: caller.assurance.level,
      authenticatedAt: caller.assurance.authenticatedAt.toISOString(),
    },
    signIn: { id: caller.signInId, client: row.client, expiresAt: row.expiresAt.toISOString() },
  };
}
