import { and, asc, eq, inArray, isNull, lte, notExists, or, sql } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import type { AssignmentKey, IdentityCenter } from '../../aws/identity-center.ts';
import { entitlementFromTerms } from '../../catalog/terms.ts';
import { assignments, assignmentUsers, grants, people } from '../../db/schema.ts';
import { extendPortalDeny, type PortalOpen } from '../boundary/deny-row.ts';
import { type AssignmentDriverDeps, settleAssignment } from './assignment-driver.ts';
import type { About } from './assignment-events.ts';
import {
  addUser,
  type AssignmentRow,
  assignmentOf,
  ensureAssignment,
  forgetTries,
  keyOf,
  liveUsers,
  lockAssignment,
  lookIsDue,
  markCompared,
  removeUser,
} from './assignment-row.ts';
import {
  type Activation,
  permissionSetSeconds,
  type PermissionSetTarget,
  type Removal,
  type TargetGrant,
} from './target.ts';

/** A person as the identity provider knows them, and as IAM Identity Center does. */
export type IdentityCenterUser = (person: { readonly issuer: string; readonly subject: string }) => {
  readonly issuer: string;
  readonly id: string;
};

export interface PermissionSetDeps extends Omit<AssignmentDriverDeps, 'center'> {
  /** Null where no IAM Identity Center is configured: such grants then fail, with that reason. */
  readonly center: IdentityCenter | null;
  readonly identityCenterUser: IdentityCenterUser;
}

const compareEveryMs = 3_600_000;
// A few a sweep: all calls of IAM Identity Center share twenty a second.
const comparedASweep = 10;
const orphansASweep = 100;
// One that hangs, for ten seconds a call, holds up few others.
const looksAtOnce = 4;

/**
 * A permission set in an account: an assignment in IAM Identity Center, made while a grant lives. Overlapping grants of
 * one person share it; it goes with the last of them. Only what Daypass made is ever deleted.
 */
export function createPermissionSetTarget(deps: PermissionSetDeps): PermissionSetTarget {
  return {
    activate: (grant) => activate(deps, grant),
    takeAway: (grant) => takeAway(deps, grant),
    removeOrphans: () => removeOrphans(deps),
    compare: () => compare(deps),
  };
}

async function activate(deps: PermissionSetDeps, grant: TargetGrant): Promise<Activation> {
  const { center } = deps;
  if (center === null) return fail('IAM Identity Center is not configured. Ask an operator to set it up.');
  const key = (await assignmentOf(deps.db, grant.id)) ?? (await findKey(deps, center, grant));
  if (key === null) {
    return fail(
      'You are not known to IAM Identity Center. Ask an operator to check that it is provisioned from your identity provider.',
    );
  }
  const enlisted = await deps.transact(systemContext, async (work) => {
    const [row] = await work.queries
      .select({ state: grants.state })
      .from(grants)
      .where(eq(grants.id, grant.id))
      .for('update');
    if (row?.state !== 'activating') return null;
    const assignment = await ensureAssignment(work.queries, key, work.now);
    // Somebody new needs it: what did not work before is tried at once.
    if (await addUser(work.queries, key, grant.id, work.now)) {
      await forgetTries(work.queries, key);
      return { restsUntil: null };
    }
    return { restsUntil: restsUntil(assignment, work.now) };
  });
  // It was told to end meanwhile; the ending finds nothing of this run that it would not take away.
  if (enlisted === null) return { kind: 'pending', lookAgainAt: deps.clock() };
  if (enlisted.restsUntil !== null) return { kind: 'pending', lookAgainAt: enlisted.restsUntil };

  const settled = await settleAssignment({ ...deps, center }, key, aboutGrant(grant));
  switch (settled.kind) {
    case 'present':
      return { kind: 'active', details: { assignment: 'confirmed' } };
    case 'not-ours':
      await reportNotOurs(deps, key, grant);
      return { kind: 'active', details: { assignment: 'was already there, not made by Daypass' } };
    case 'refused':
      if (settled.operation === 'delete') return { kind: 'pending', lookAgainAt: settled.lookAgainAt };
      await deps.transact(systemContext, async (work) => removeUser(work.queries, grant.id));
      return fail(`IAM Identity Center did not make the assignment: ${settled.reason}`);
    case 'absent':
      return { kind: 'pending', lookAgainAt: deps.clock() };
    case 'pending':
      break;
  }
  return settled;
}

async function takeAway(deps: PermissionSetDeps, grant: TargetGrant): Promise<Removal> {
  const key = await assignmentOf(deps.db, grant.id);
  const seenAt = deps.clock().toISOString();
  if (key === null) return { kind: 'gone', evidence: { kind: 'nothing_made', seenAt } };
  const standing = await stand(deps, key, grant);
  if (standing.others > 0)
    return { kind: 'gone', evidence: { kind: 'needed_by_other_grants', grants: standing.others, seenAt } };
  if (standing.restsUntil !== null) return { kind: 'pending', lookAgainAt: standing.restsUntil };
  if (deps.center === null)
    throw new Error('IAM Identity Center is not configured, and an assignment is to be deleted');
  const settled = await settleAssignment({ ...deps, center: deps.center }, key, aboutGrant(grant));
  switch (settled.kind) {
    case 'absent': {
      await denyOpenSessions(deps, grant, settled.since);
      // Deleting an assignment does not end role sessions that are open (IAM Identity Center User Guide).
      const seconds = permissionSetSeconds(grant.terms);
      const lastPossibleUse = new Date(settled.since.getTime() + seconds * 1000).toISOString();
      const evidence = {
        kind: 'assignment_gone',
        confirmedAt: settled.since.toISOString(),
        residualExposureSeconds: seconds,
        lastPossibleUse,
        seenAt,
      };
      return { kind: 'gone', evidence };
    }
    case 'present':
    case 'not-ours':
      // Another grant has begun to need it since: the next look counts it.
      return { kind: 'pending', lookAgainAt: deps.clock() };
    case 'refused':
      return {
        kind: 'pending',
        lookAgainAt: settled.operation === 'create' ? deps.clock() : settled.lookAgainAt,
      };
    case 'pending':
      break;
  }
  return settled;
}

/** How the assignment of an ending grant stands. */
interface Standing {
  /** Live grants that need it. */
  readonly others: number;
  /** It was looked at since the end, and is not to be looked at again before this; null: it may be now. */
  readonly restsUntil: Date | null;
}

/**
 * Who else needs the assignment? And sees to it that what was opened at the portal since an early end, while no grant lived,
 * is denied, however long the deletion takes.
 */
async function stand(deps: PermissionSetDeps, key: AssignmentKey, grant: TargetGrant): Promise<Standing> {
  return deps.transact(systemContext, async (work) => {
    const row = await lockAssignment(work.queries, key);
    const others = await liveUsers(work.queries, key, work.now, grant.id);
    const there = row !== null && (row.present || row.operation !== null);
    const open =
      others.since !== null ? { neededSince: others.since } : there ? { notGoneAt: work.now } : null;
    if (open !== null) await deny(work, grant, open);
    const { endingSince } = grant;
    // An end that is newer than the last look is looked at at once.
    const looked = row !== null && row.triedAt !== null && endingSince !== null && row.triedAt > endingSince;
    return { others: others.count, restsUntil: looked ? restsUntil(row, work.now) : null };
  });
}

/** What was opened at the portal between the early end and the deletion is denied like what was open before. */
async function denyOpenSessions(deps: PermissionSetDeps, grant: TargetGrant, goneAt: Date): Promise<void> {
  await deps.transact(systemContext, async (work) => deny(work, grant, { goneAt }));
}

async function deny(work: Work, grant: TargetGrant, open: PortalOpen): Promise<void> {
  const accountId = await extendPortalDeny(work, grant.id, permissionSetSeconds(grant.terms), open);
  if (accountId !== null) await work.enqueue('boundary.write', { accountId });
}

function restsUntil(row: AssignmentRow, now: Date): Date | null {
  return row.nextLookAt !== null && row.nextLookAt > now ? row.nextLookAt : null;
}

async function findKey(
  deps: PermissionSetDeps,
  center: IdentityCenter,
  grant: TargetGrant,
): Promise<AssignmentKey | null> {
  const { target } = entitlementFromTerms(grant.terms);
  if (target.kind !== 'permission-set') throw new Error('the grant is not for a permission set');
  const [person] = await deps.db
    .select({ issuer: people.issuer, subject: people.subject })
    .from(people)
    .where(eq(people.id, grant.personId));
  const principalId = person === undefined ? null : await center.findUser(deps.identityCenterUser(person));
  if (principalId === null) return null;
  return { accountId: target.accountId, permissionSetArn: target.permissionSetArn, principalId };
}

async function reportNotOurs(deps: PermissionSetDeps, key: AssignmentKey, grant: TargetGrant): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    await removeUser(work.queries, grant.id);
    work.audit({
      ...aboutGrant(grant),
      kind: 'assignment.failed',
      outcome: 'failure',
      account: key.accountId,
      details: {
        reason: 'already_there',
        drift: true,
        permissionSet: key.permissionSetArn,
        principal: key.principalId,
      },
    });
  });
}

async function removeOrphans(deps: PermissionSetDeps): Promise<void> {
  const { center } = deps;
  if (center === null) return;
  const cared = deps.db
    .select({ id: grants.id })
    .from(assignmentUsers)
    .innerJoin(grants, eq(grants.id, assignmentUsers.grantId))
    .where(
      and(
        eq(assignmentUsers.accountId, assignments.accountId),
        eq(assignmentUsers.permissionSetArn, assignments.permissionSetArn),
        eq(assignmentUsers.principalId, assignments.principalId),
        inArray(grants.state, ['activating', 'active', 'ending']),
      ),
    );
  const orphans = await deps.db
    .select()
    .from(assignments)
    .where(
      and(
        sql`(${assignments.present} OR ${assignments.operation} IS NOT NULL)`,
        lookIsDue(deps.clock()),
        notExists(cared),
      ),
    )
    .orderBy(sql`${assignments.nextLookAt} NULLS FIRST`)
    .limit(orphansASweep);
  await forEachOf(orphans, async (row) => {
    await settleAssignment({ ...deps, center }, keyOf(row), {});
  });
}

/** A few at once. One that fails stops no other; the first fault is thrown in the end. */
async function forEachOf(
  rows: readonly AssignmentRow[],
  visit: (row: AssignmentRow) => Promise<void>,
): Promise<void> {
  const faults: unknown[] = [];
  const left = rows.values();
  const lane = async (): Promise<void> => {
    for (const row of left) await visit(row).catch((error: unknown) => faults.push(error));
  };
  await Promise.all(Array.from({ length: looksAtOnce }, lane));
  if (faults.length > 0) throw faults[0];
}

async function compare(deps: PermissionSetDeps): Promise<void> {
  const { center } = deps;
  if (center === null) return;
  const now = deps.clock();
  const before = new Date(now.getTime() - compareEveryMs);
  const due = await deps.db
    .select()
    .from(assignments)
    .where(
      and(
        sql`${assignments.present}`,
        isNull(assignments.operation),
        lookIsDue(now),
        lte(assignments.updatedAt, before),
        or(isNull(assignments.comparedAt), lte(assignments.comparedAt, before)),
      ),
    )
    .orderBy(asc(assignments.comparedAt))
    .limit(comparedASweep);
  await forEachOf(due, async (row) => {
    try {
      await settleAssignment({ ...deps, center }, keyOf(row), {});
    } finally {
      // Also when it could not be: one that never can holds up no other.
      await markCompared(deps.db, keyOf(row), now);
    }
  });
}

function aboutGrant(grant: TargetGrant): About {
  return {
    grant: grant.id,
    request: grant.requestId,
    entitlement: grant.entitlement,
    subject: grant.personId,
  };
}

function fail(reason: string): Activation {
  return { kind: 'failed', reason };
}
