import { and, eq, gt, isNull } from '../db/drizzle.ts';
import { databaseFault } from '../db/fault.ts';
import { people, personalData, signIns } from '../db/schema.ts';
import { hashToken } from '../keys/token.ts';
import { Refusal } from '../refusal.ts';
import type { Caller } from './caller.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';

export interface CredentialMeta extends CallMeta {
  /** How the token came: `browser` for the session cookie, `cli` for a bearer token. Neither is good as the other. */
  readonly client: 'browser' | 'cli';
}

/**
 * Who holds this token: one query. Null for a token that is unknown, of the other kind, expired or revoked, or whose person
 * was deactivated. Throws Refusal `audit_unavailable` when the database cannot be reached.
 */
export async function authenticate(
  deps: Pick<IdentityDeps, 'db' | 'clock' | 'operatorsGroup' | 'auditorsGroup'>,
  token: string,
  meta: CredentialMeta,
): Promise<Caller | null> {
  const rows = await deps.db
    .select({
      signInId: signIns.id,
      level: signIns.assuranceLevel,
      authenticatedAt: signIns.authenticatedAt,
      personId: people.id,
      groups: people.groups,
      subject: people.subject,
      name: personalData.name,
    })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(
      and(
        eq(signIns.tokenHash, hashToken(token)),
        eq(signIns.client, meta.client),
        isNull(signIns.revokedAt),
        gt(signIns.expiresAt, deps.clock()),
        isNull(people.deactivatedAt),
      ),
    )
    .catch((error: unknown) => {
      if (databaseFault(error) === 'other') throw error;
      throw new Refusal(
        'audit_unavailable',
        'Daypass cannot reach its database right now. Try again in a moment.',
      );
    });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    personId: row.personId,
    name: row.name,
    groups: row.groups,
    subject: row.subject,
    isAuditor: belongs(row.groups, deps.auditorsGroup),
    isOperator: belongs(row.groups, deps.operatorsGroup),
    assurance: { level: row.level, authenticatedAt: row.authenticatedAt },
    signInId: row.signInId,
    via: meta.client,
    context: {
      actor: { type: 'person', id: row.personId },
      address: meta.address,
      requestId: meta.requestId,
    },
  };
}

// A group that is not configured has no members.
function belongs(groups: readonly string[], group: string): boolean {
  return group !== '' && groups.includes(group);
}
