import { and, asc, eq, inArray, isNotNull, isNull, lte, notExists, or } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { AssignmentKey, IdentityCenter } from '../../aws/identity-center.ts';
import { entitlementFromTerms } from '../../catalog/terms.ts';
import { assignments, assignmentUsers, grants, people } from '../../db/schema.ts';
import { extendPortalDeny } from '../boundary/deny-row.ts';
import { type About, type AssignmentDriverDeps, settleAssignment } from './assignment-driver.ts';
import {
  addUser,
  assignmentOf,
  ensureAssignment,
  keyOf,
  liveUsers,
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

const retryRefusedMs = 30_000;
const compareEveryMs = 3_600_000;
// A few a sweep: all calls of IAM Identity Center share twenty a second.
const comparedAtOnce = 10;

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
    if (row?.state !== 'activating') return false;
    await ensureAssignment(work.queries, key, work.now);
    await addUser(work.queries, key, grant.id);
    return true;
  });
  // It was told to end meanwhile; the ending finds nothing of this run that it would not take away.
  if (!enlisted) return { kind: 'pending', lookAgainAt: deps.clock() };

  const settled = await settleAssignment({ ...deps, center }, key, aboutGrant(grant));
  switch (settled.kind) {
    case 'present':
      return { kind: 'active', details: { assignment: 'confirmed' } };
    case 'not-ours':
      await reportNotOurs(deps, key, grant);
      return { kind: 'active', details: { assignment: 'was already there, not made by Daypass' } };
    case 'refused':
      if (settled.operation === 'delete')
        return { kind: 'pending', lookAgainAt: later(deps, retryRefusedMs) };
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
  const others = await liveUsers(deps.db, key, grant.id);
  if (others > 0)
    return { kind: 'gone', evidence: { kind: 'needed_by_other_grants', grants: others, seenAt } };
  if (deps.center === null)
    throw new Error('IAM Identity Center is not configured, and an assignment is to be deleted');
  const settled = await settleAssignment({ ...deps, center: deps.center }, key, aboutGrant(grant));
  switch (settled.kind) {
    case 'absent': {
      await denyOpenSessions(deps, key, grant, settled.since);
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
        lookAgainAt: later(deps, settled.operation === 'create' ? 0 : retryRefusedMs),
      };
    case 'pending':
      break;
  }
  return settled;
}

/** What was opened at the portal between the early end and the deletion is denied like what was open before. */
async function denyOpenSessions(
  deps: PermissionSetDeps,
  key: AssignmentKey,
  grant: TargetGrant,
  goneAt: Date,
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    if (await extendPortalDeny(work, grant.id, goneAt))
      await work.enqueue('boundary.write', { accountId: key.accountId });
  });
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
    .where(and(or(eq(assignments.present, true), isNotNull(assignments.operation)), notExists(cared)));
  const outcomes = await Promise.allSettled(
    orphans.map((row) => settleAssignment({ ...deps, center }, keyOf(row), {})),
  );
  const fault = outcomes.find((outcome) => outcome.status === 'rejected');
  if (fault !== undefined) throw fault.reason;
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
        eq(assignments.present, true),
        isNull(assignments.operation),
        lte(assignments.updatedAt, before),
        or(isNull(assignments.comparedAt), lte(assignments.comparedAt, before)),
      ),
    )
    .orderBy(asc(assignments.comparedAt))
    .limit(comparedAtOnce);
  const faults: unknown[] = [];
  for (const row of due) {
    await settleAssignment({ ...deps, center }, keyOf(row), {}).catch((error: unknown) => faults.push(error));
    // Also when it could not be: one that never can holds up no other.
    await markCompared(deps.db, keyOf(row), now);
  }
  if (faults.length > 0) throw faults[0];
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

function later(deps: PermissionSetDeps, milliseconds: number): Date {
  return new Date(deps.clock().getTime() + milliseconds);
}
