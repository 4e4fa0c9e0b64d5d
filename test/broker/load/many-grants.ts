import { systemContext } from '../../../src/audit/event.ts';
import { createTransact, type Work } from '../../../src/audit/unit-of-work.ts';
import type { SessionCredentials } from '../../../src/broker/issue-session.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { entitlementTerms } from '../../../src/catalog/terms.ts';
import type { Entitlement } from '../../../src/catalog/types.ts';
import { eq, inArray } from '../../../src/db/drizzle.ts';
import { newId } from '../../../src/db/ids.ts';
import {
  catalogs,
  grants,
  people,
  personalData,
  requestEntitlements,
  requests,
  signIns,
} from '../../../src/db/schema.ts';
import type { Caller } from '../../../src/identity/caller.ts';
import { adminRole } from '../house.ts';
import { auditKey, type Fleet, inParallel } from './fleet.ts';

const catalogVersion = `sha256:${'a'.repeat(64)}`;
const digest = `sha256:${'b'.repeat(64)}`;
const batch = 250;

/** An active grant and who has it. */
export interface Held {
  readonly id: string;
  readonly caller: Caller;
  readonly accountId: string;
}

export interface Kept extends Held {
  readonly credentials: SessionCredentials;
}

export interface Wanted {
  readonly entitlement: Entitlement;
  readonly endsAt: Date;
}

/** The role `daypass-admin` of an account. */
export function adminOf(accountId: string, roleName = 'daypass-admin'): Entitlement {
  const { target } = adminRole;
  if (target.kind !== 'role') throw new Error('a role was meant');
  const roleArn = `arn:aws:iam::${accountId}:role/${roleName}`;
  return {
    ...adminRole,
    id: `${accountId}/${roleName}`,
    account: { id: accountId, name: accountId },
    target: { ...target, accountId, roleArn },
  };
}

/** Some people, signed in with a second factor. */
export async function signedIn(fleet: Fleet, count: number): Promise<Caller[]> {
  const now = fleet.clock();
  const { db } = fleet.pool;
  await db
    .insert(catalogs)
    .values({ version: catalogVersion, source: '', loadedAt: now })
    .onConflictDoNothing();
  const ids = Array.from({ length: count }, () => newId('prs', now));
  await db.insert(people).values(
    ids.map((id) => ({
      id,
      issuer: 'https://idp.example',
      subject: id,
      groups: ['engineers'],
      createdAt: now,
      lastSignedInAt: now,
    })),
  );
  await db.insert(personalData).values(ids.map((personId) => ({ personId, name: 'Ada', email: null })));
  const callers = ids.map((id) => callerOf(id, newId('sgn', now), now));
  await db.insert(signIns).values(
    callers.map(({ personId, signInId }) => ({
      id: signInId,
      personId,
      client: 'cli' as const,
      assuranceLevel: 'multi-factor' as const,
      authenticatedAt: now,
      createdAt: now,
      expiresAt: new Date(now.getTime() + 86_400_000),
    })),
  );
  return callers;
}

function callerOf(personId: string, signInId: string, now: Date): Caller {
  return {
    personId,
    name: null,
    groups: [],
    subject: personId,
    isOperator: false,
    isAuditor: false,
    assurance: { level: 'multi-factor', authenticatedAt: now },
    signInId,
    via: 'cli',
    context: { actor: { type: 'person', id: personId }, address: null, requestId: null },
  };
}

/** Active grants, dealt out to the callers in turn: as many transactions as batches, each state with its event. */
export async function activeGrants(
  fleet: Fleet,
  callers: readonly Caller[],
  wanted: readonly Wanted[],
): Promise<Held[]> {
  const jobs = { enqueue: async () => [] };
  const transact = createTransact({ db: fleet.pool.db, clock: fleet.clock, auditKey, jobs });
  const held: Held[] = [];
  for (let from = 0; from < wanted.length; from += batch) {
    const some = wanted.slice(from, from + batch);
    held.push(
      ...(await transact(systemContext, (work) =>
        insertActive(
          work,
          some.map((one, i) => ({ ...one, caller: callers[(from + i) % callers.length] })),
        ),
      )),
    );
  }
  return held;
}

async function insertActive(
  work: Work,
  wanted: readonly (Wanted & { readonly caller: Caller | undefined })[],
): Promise<Held[]> {
  const { queries, now } = work;
  const rows = wanted.map(({ entitlement, endsAt, caller }) => {
    if (caller === undefined) throw new Error('nobody to give it to');
    const id = newId('grt', now);
    return { id, request: newId('req', now), entitlement, endsAt, caller };
  });
  const about = ({ request, caller }: (typeof rows)[number]) =>
    ({ outcome: 'success', request, subject: caller.personId }) as const;
  await queries.insert(requests).values(
    rows.map(({ request, caller, entitlement }) => ({
      id: request,
      requester: caller.personId,
      askedBy: caller.personId,
      askedAssurance: 'multi-factor' as const,
      askedProofAge: 0,
      content: {
        entitlements: [entitlementTerms(entitlement)],
        byRule: { [entitlement.id]: 'given by the test' },
      },
      digest,
      catalogVersion,
      state: 'pending' as const,
      createdAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    })),
  );
  await queries
    .insert(requestEntitlements)
    .values(rows.map(({ request, entitlement }) => ({ requestId: request, entitlement: entitlement.id })));
  const requestIds = rows.map(({ request }) => request);
  await queries
    .update(requests)
    .set({ state: 'approved', decidedAt: now, basis: 'rule' })
    .where(inArray(requests.id, requestIds));
  await queries.insert(grants).values(
    rows.map(({ id, request, entitlement, endsAt, caller }) => ({
      id,
      requestId: request,
      personId: caller.personId,
      entitlement: entitlement.id,
      terms: entitlementTerms(entitlement),
      state: 'scheduled' as const,
      startsAt: now,
      endsAt,
      createdAt: now,
    })),
  );
  const ids = rows.map(({ id }) => id);
  await queries.update(grants).set({ state: 'activating' }).where(inArray(grants.id, ids));
  await queries.update(grants).set({ state: 'active' }).where(inArray(grants.id, ids));
  for (const row of rows) {
    for (const kind of ['request.submitted', 'request.approved'] as const)
      work.audit({ ...about(row), kind });
    for (const kind of ['grant.scheduled', 'grant.activating', 'grant.active'] as const)
      work.audit({ ...about(row), kind, grant: row.id });
  }
  return rows.map(({ id, caller, entitlement }) => ({ id, caller, accountId: entitlement.account.id }));
}

/** Takes credentials under each, as its owner would, and keeps them. */
export async function useAll(fleet: Fleet, held: readonly Held[]): Promise<Kept[]> {
  const [{ deps }] = fleet.replicas;
  return inParallel(held, 8, async (one) => {
    const issued = await issueSession(deps, one.caller, { grantId: one.id });
    return { ...one, credentials: issued.credentials.reveal() };
  });
}

/** Kinds of the events about a grant, oldest first. */
export async function kindsOf(fleet: Fleet, grantId: string): Promise<string[]> {
  const { rows } = await fleet.pool.raw.query<{ kind: string }>(
    'SELECT kind FROM audit_events WHERE "grant" = $1 ORDER BY id',
    [grantId],
  );
  return rows.map((row) => row.kind);
}

export async function stateOf(fleet: Fleet, grantId: string): Promise<string | undefined> {
  const [row] = await fleet.pool.db
    .select({ state: grants.state })
    .from(grants)
    .where(eq(grants.id, grantId));
  return row?.state;
}
