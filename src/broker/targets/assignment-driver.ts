import { type AuditEvent, systemContext } from '../../audit/event.ts';
import type { Transact } from '../../audit/unit-of-work.ts';
import { awsFault } from '../../aws/fault.ts';
import type { AssignmentKey, AssignmentOperation, IdentityCenter } from '../../aws/identity-center.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import { type About, confirmed, failed, missing, requested } from './assignment-events.ts';
import {
  type AssignmentRow,
  forgetTries,
  liveUsers,
  lockAssignment,
  noteUnsettled,
  readAssignment,
  writeAssignment,
} from './assignment-row.ts';

export interface AssignmentDriverDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly center: IdentityCenter;
  /** Waits between two looks at an operation, in milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

export type Settled =
  | { readonly kind: 'present' }
  | { readonly kind: 'absent'; readonly since: Date }
  /** Somebody else made it: it is there, and it is not ours to delete. */
  | { readonly kind: 'not-ours' }
  | {
      readonly kind: 'refused';
      readonly operation: AssignmentOperation;
      readonly reason: string;
      readonly lookAgainAt: Date;
    }
  | { readonly kind: 'pending'; readonly lookAgainAt: Date };

type Outcome =
  | Exclude<Settled, { kind: 'refused' }>
  | Omit<Extract<Settled, { kind: 'refused' }>, 'lookAgainAt'>;
/** Somebody else may be asking at this moment: no attempt of ours. */
type Busy = { readonly kind: 'busy'; readonly until: Date };
type Step =
  | Outcome
  | Busy
  | { readonly kind: 'again' }
  | { readonly kind: 'pause'; readonly milliseconds: number };

interface Claim {
  readonly operation: AssignmentOperation;
  readonly since: Date;
  /** Nothing was under way before: an AWS that says no leaves nothing behind. */
  readonly first: boolean;
  /** What the row says was asked in vain before. */
  readonly failing: string | null;
}

// A call has 10 s; what has not stored its request id after this long never will.
const leaseMs = 30_000;
const busyMs = 5_000;
const pausesMs = [200, 400, 800, 1_600, 1_600, 1_600];

/**
 * Brings one assignment to what its users need: there while a live grant needs it, gone otherwise. The row says what was
 * asked before AWS is called, since AWS takes no idempotency token: after a crash or a lost reply, listing tells
 * whether it was done. Operations of AWS are asynchronous and are polled; what they say is confirmed by listing. What does not work
 * leaves on the row when to look again, with growing pauses, and is recorded once for each reason.
 * Rejects when AWS or Postgres is out of reach.
 */
export async function settleAssignment(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  about: About,
): Promise<Settled> {
  const lookAgain = (soonest: Date) => noteUnsettled(deps.db, key, deps.clock(), soonest);
  let outcome: Outcome | Busy;
  try {
    outcome = await bring(deps, key, about);
  } catch (error) {
    // Where Postgres is what is out of reach, the fault to tell of is the first one.
    await lookAgain(deps.clock()).catch(() => undefined);
    throw error;
  }
  switch (outcome.kind) {
    case 'busy':
      return { kind: 'pending', lookAgainAt: outcome.until };
    case 'pending':
      return { kind: 'pending', lookAgainAt: await lookAgain(outcome.lookAgainAt) };
    case 'refused':
      return { ...outcome, lookAgainAt: await lookAgain(deps.clock()) };
    case 'present':
    case 'absent':
    case 'not-ours':
      await forgetTries(deps.db, key);
  }
  return outcome;
}

async function bring(deps: AssignmentDriverDeps, key: AssignmentKey, about: About): Promise<Outcome | Busy> {
  let pauses = 0;
  for (let steps = 0; steps < 30; steps++) {
    const step = await takeStep(deps, key, about);
    if (step.kind === 'again') continue;
    if (step.kind !== 'pause') return step;
    const milliseconds = pausesMs[pauses++];
    if (milliseconds === undefined) return pending(deps, step.milliseconds);
    await deps.pause(milliseconds);
  }
  return pending(deps, busyMs);
}

async function takeStep(deps: AssignmentDriverDeps, key: AssignmentKey, about: About): Promise<Step> {
  const row = await readAssignment(deps.db, key);
  if (row === null) return { kind: 'absent', since: deps.clock() };
  if (row.operation === null) return decide(deps, key, row, about);
  if (row.operationId === null) return settleLostCall(deps, key, row, row.operation, about);
  const status = await deps.center.status(row.operation, row.operationId);
  switch (status.kind) {
    case 'in-progress':
      return { kind: 'pause', milliseconds: 2_000 };
    case 'not-known':
      await changeRow(deps, key, row, { operationId: null });
      return { kind: 'again' };
    case 'failed':
      await noteFailure(
        deps,
        key,
        { seen: row, ...row, operation: row.operation },
        status.reason,
        idle,
        about,
      );
      return { kind: 'refused', operation: row.operation, reason: status.reason };
    case 'succeeded':
      break;
  }
  const listed = await deps.center.isAssigned(key);
  if (listed !== (row.operation === 'create')) return { kind: 'pause', milliseconds: 2_000 };
  await confirm(deps, key, row, row.operation, about);
  return { kind: 'again' };
}

/** Nothing is under way: is it as it should be, or what is to be asked for? */
async function decide(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  seen: AssignmentRow,
  about: About,
): Promise<Step> {
  const listed = await deps.center.isAssigned(key);
  const decision = await deps.transact(systemContext, async (work): Promise<Step | Claim> => {
    const row = await lockAssignment(work.queries, key);
    // What was listed belongs to the row as it was then.
    if (row === null || !same(row, seen)) return { kind: 'again' };
    const wanted = (await liveUsers(work.queries, key, work.now)).count > 0;
    if (!row.present) {
      if (!wanted) return { kind: 'absent', since: row.updatedAt };
      if (listed) return { kind: 'not-ours' };
    } else if (wanted && listed) {
      return { kind: 'present' };
    }
    const operation = wanted ? 'create' : 'delete';
    const isNew = !isFailing(row.failing, operation);
    // Somebody else took away what Daypass made and a live grant needs: it is made again.
    if (row.present && wanted && isNew) work.audit(missing(about, key, operation));
    await writeAssignment(
      work.queries,
      key,
      { operation, operationId: null, operationSince: work.now },
      work.now,
    );
    if (isNew) work.audit(requested(about, key, operation));
    return { operation, since: work.now, first: true, failing: row.failing };
  });
  return 'kind' in decision ? decision : call(deps, key, decision, about);
}

/** Something was asked for and the answer never stored: by a crash, a cut connection, or because it is being asked now. */
async function settleLostCall(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  row: AssignmentRow,
  operation: AssignmentOperation,
  about: About,
): Promise<Step> {
  const leaseEnds = (row.operationSince?.getTime() ?? 0) + leaseMs;
  if (deps.clock().getTime() < leaseEnds) return { kind: 'busy', until: new Date(leaseEnds) };
  const listed = await deps.center.isAssigned(key);
  if (listed === (operation === 'create')) {
    await confirm(deps, key, row, operation, about);
    return { kind: 'again' };
  }
  const claim = await deps.transact(systemContext, async (work): Promise<Claim | null> => {
    const now = await lockAssignment(work.queries, key);
    if (now === null || !same(now, row)) return null;
    // A create that nobody wants any more may still arrive: it is answered with a delete, not taken as undone.
    const next =
      operation === 'create' && (await liveUsers(work.queries, key, work.now)).count === 0
        ? 'delete'
        : operation;
    await writeAssignment(work.queries, key, { operation: next, operationSince: work.now }, work.now);
    if (!isFailing(now.failing, next)) work.audit(requested(about, key, next));
    return { operation: next, since: work.now, first: false, failing: now.failing };
  });
  return claim === null ? { kind: 'again' } : call(deps, key, claim, about);
}

async function call(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  claim: Claim,
  about: About,
): Promise<Step> {
  const { operation } = claim;
  const claimed = { operation, operationId: null, operationSince: claim.since };
  const attempt = { seen: claimed, ...claim };
  try {
    const operationId = await deps.center.begin(operation, key);
    await changeRow(deps, key, claimed, { operationId });
    return { kind: 'again' };
  } catch (error) {
    const fault = awsFault(error);
    if (fault.kind === 'not-found' && operation === 'delete') return confirmGone(deps, key, claimed, about);
    const certain = fault.kind !== 'unknown-outcome' && fault.kind !== 'unavailable';
    if (fault.kind === 'conflict' && operation === 'create') {
      // Something is under way, and it may be this very call, which was carried out twice: only listing tells whose it is.
      const asLost = { operationSince: new Date(claim.since.getTime() - leaseMs + busyMs) };
      await noteFailure(deps, key, attempt, fault.code, asLost);
      return pending(deps, busyMs);
    }
    // After a lost reply a "no" says nothing about what the lost call did; only listing does.
    if (certain && claim.first) {
      const final = fault.kind === 'refused' || fault.kind === 'not-found';
      await noteFailure(deps, key, attempt, fault.code, idle, final ? about : null);
      return final ? { kind: 'refused', operation, reason: fault.code } : pending(deps, busyMs);
    }
    await noteFailure(deps, key, attempt, fault.code, {});
    return pending(deps, certain ? busyMs : leaseMs);
  }
}

async function confirmGone(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  claimed: Operation,
  about: About,
): Promise<Step> {
  if (await deps.center.isAssigned(key)) return pending(deps, leaseMs);
  await confirm(deps, key, claimed, 'delete', about);
  return { kind: 'again' };
}

type Operation = Pick<AssignmentRow, 'operation' | 'operationId' | 'operationSince'>;
const idle = { operation: null, operationId: null, operationSince: null };

async function confirm(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  seen: Operation,
  operation: AssignmentOperation,
  about: About,
): Promise<void> {
  await changeRow(
    deps,
    key,
    seen,
    { ...idle, failing: null, present: operation === 'create' },
    confirmed(about, key, operation),
  );
}

interface Vain {
  readonly seen: Operation;
  readonly operation: AssignmentOperation;
  /** What was asked in vain before. */
  readonly failing: string | null;
}

/** An operation was asked for in vain. @param about whom to record it for when it is another reason than before; null: nobody */
async function noteFailure(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  { seen, operation, failing: before }: Vain,
  reason: string,
  values: Parameters<typeof writeAssignment>[2],
  about: About | null = null,
): Promise<void> {
  const failing = `${operation}: ${reason}`;
  const tell = about !== null && failing !== before;
  await changeRow(
    deps,
    key,
    seen,
    { ...values, failing },
    tell ? failed(about, key, operation, reason) : null,
  );
}

function isFailing(failing: string | null, operation: AssignmentOperation): boolean {
  return failing?.startsWith(`${operation}: `) === true;
}

/** Writes what was learned of an operation, unless the row has gone on to another one meanwhile. */
async function changeRow(
  deps: AssignmentDriverDeps,
  key: AssignmentKey,
  seen: Operation,
  values: Parameters<typeof writeAssignment>[2],
  audit: AuditEvent | null = null,
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const row = await lockAssignment(work.queries, key);
    if (row === null || !sameOperation(row, seen)) return;
    await writeAssignment(work.queries, key, values, work.now);
    if (audit !== null) work.audit(audit);
  });
}

function sameOperation(a: Operation, b: Operation): boolean {
  return (
    a.operation === b.operation &&
    a.operationId === b.operationId &&
    a.operationSince?.getTime() === b.operationSince?.getTime()
  );
}

function same(a: AssignmentRow, b: AssignmentRow): boolean {
  return sameOperation(a, b) && a.present === b.present && a.updatedAt.getTime() === b.updatedAt.getTime();
}

function pending(deps: AssignmentDriverDeps, milliseconds: number): Extract<Settled, { kind: 'pending' }> {
  return { kind: 'pending', lookAgainAt: new Date(deps.clock().getTime() + milliseconds) };
}
