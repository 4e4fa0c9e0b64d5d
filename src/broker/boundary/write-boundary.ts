import { awsFault } from '../../aws/fault.ts';
import type { BoundaryPolicy, PolicyInForce } from '../../aws/boundary-policy.ts';
import type { PermissionSet } from '../../aws/identity-center.ts';
import { confirm } from './confirm.ts';
import type { BoundaryDeps } from './deps.ts';
import { type DenyRow, openDenies, toDenied } from './deny-row.ts';
import {
  type BoundaryPlan,
  type CurrentDocument,
  planBoundary,
  readDocument,
  sameDocument,
} from './document.ts';
import { type Attempt, claim, LeaseLostError, release, renew } from './lease.ts';
import { recordDrift, sortStrays } from './strays.ts';

/** AWS keeps this many versions of a managed policy (IAM User Guide, "Versioning IAM policies"). */
const maxVersions = 5;
// Compacting can wait: what lapsed denies nothing any more.
const compactAfterMs = 900_000;

export interface WriteOptions {
  /** Look at AWS even where the rows have nothing to write: for reconciling. */
  readonly look?: boolean;
}

export type Written = 'done' | 'held' | 'later' | 'failed';

/**
 * Brings an account's boundary policy to what the rows say: one writer at a time, the whole of the denies at once, read back
 * before anything is called denied. Can run any number of times and after a crash at any point. Never rejects for AWS: what
 * stands in the way is written down, reported, and tried again by a job and by the sweep, for as long as it takes.
 */
export async function writeBoundary(
  deps: BoundaryDeps,
  accountId: string,
  options: WriteOptions = {},
): Promise<Written> {
  const claimed = await claim(deps, accountId);
  if (claimed !== 'claimed') return claimed;
  for (let look = options.look === true; ; look = false) {
    const attempt = await tryOnce(deps, accountId, look);
    if (await release(deps, accountId, attempt)) return attempt.failure === null ? 'done' : 'failed';
  }
}

async function tryOnce(deps: BoundaryDeps, accountId: string, look: boolean): Promise<Attempt> {
  try {
    return await bring(deps, accountId, look);
  } catch (error) {
    if (error instanceof LeaseLostError) return { failure: null, partial: null };
    deps.report?.(error, accountId);
    deps.observe?.looked('failed');
    return { failure: reasonOf(error), partial: null };
  }
}

async function bring(deps: BoundaryDeps, accountId: string, look: boolean): Promise<Attempt> {
  const rows = await openDenies(deps.db, accountId);
  const now = deps.clock();
  const live = rows.filter((row) => row.lapsesAt > now);
  if (!look && !needsWriting(rows, now)) return { failure: null, partial: null };
  const policy = await deps.policyOf(accountId);
  const sets = await permissionSetsOf(deps, live);
  const before = await policy.read();
  const current = readDocument(before.document);
  const strays = await sortStrays(deps, accountId, current, live);
  const denied = live.map((row) => toDenied(row, sets));
  const plan = planBoundary(current.others, denied, strays.keep);
  if (plan.document === '') throw new Error('statements that are not of Daypass fill the boundary policy');

  const wrote = !unchanged(before.document, current, plan);
  if (wrote) await put(deps, accountId, policy, before, plan.document);
  const after = wrote ? await readBack(policy, plan.document) : before;
  const bounded = live.length === 0 ? [] : await policy.boundedRoles();
  const unbounded = live.filter((row) => !isBounded(deps, row, bounded, sets)).map((row) => row.grantId);
  await recordDrift(deps, accountId, strays, wrote);
  await confirm(deps, {
    accountId,
    policyArn: policy.arn,
    versionId: after.versionId,
    wrote,
    plan,
    planned: new Map(live.map((row) => [row.grantId, row])),
    unbounded: new Set(unbounded),
    lapsed: rows.filter((row) => row.lapsesAt <= now).map((row) => row.grantId),
  });
  const attempt = verdict(plan, unbounded);
  deps.observe?.looked(attempt.failure !== null ? 'partial' : wrote ? 'written' : 'unchanged');
  return attempt;
}

function needsWriting(rows: readonly DenyRow[], now: Date): boolean {
  return rows.some((row) =>
    row.lapsesAt > now ? row.confirmedAt === null : row.lapsesAt.getTime() + compactAfterMs <= now.getTime(),
  );
}

/** Nothing to write: the policy says it all already, or no word of it is Daypass's and none is wanted. */
function unchanged(before: string, current: CurrentDocument, plan: BoundaryPlan): boolean {
  if (current.own.length === 0 && plan.means.size === 0) return true;
  return sameDocument(before, plan.document);
}

async function put(
  deps: BoundaryDeps,
  accountId: string,
  policy: BoundaryPolicy,
  before: PolicyInForce,
  document: string,
): Promise<void> {
  // The last moment to learn that somebody else writes by now.
  await renew(deps, accountId);
  const oldest = before.others[0];
  if (oldest !== undefined && before.others.length + 1 >= maxVersions) await policy.remove(oldest);
  await policy.put(document);
}

/** What is in force now. Throws unless it is what was written: an answer alone is no evidence. */
async function readBack(policy: BoundaryPolicy, document: string): Promise<PolicyInForce> {
  const after = await policy.read();
  if (!sameDocument(after.document, document)) throw new NotReadBackError();
  return after;
}

/** AWS answered a write, and then read back something else. */
class NotReadBackError extends Error {
  override readonly name = 'NotReadBackError';
  constructor() {
    super('the boundary policy that was read back is not the one that was written');
  }
}

async function permissionSetsOf(
  deps: BoundaryDeps,
  live: readonly DenyRow[],
): Promise<ReadonlyMap<string, PermissionSet>> {
  const arns = new Set(live.flatMap((row) => (row.permissionSetArn === null ? [] : [row.permissionSetArn])));
  return new Map(
    await Promise.all([...arns].map(async (arn) => [arn, await deps.permissionSet(arn)] as const)),
  );
}

/**
 * Is the policy the boundary of what the deny is about? Otherwise it denies nothing, whatever it says. Of a permission set
 * its definition is asked: the role that AWS made for it goes with its last assignment.
 */
function isBounded(
  deps: BoundaryDeps,
  row: DenyRow,
  bounded: readonly string[],
  sets: ReadonlyMap<string, PermissionSet>,
): boolean {
  if (row.kind === 'portal') return sets.get(row.permissionSetArn ?? '')?.boundary === deps.policyName;
  const arn = row.roleArn ?? '';
  return bounded.includes(arn.slice(arn.lastIndexOf('/') + 1));
}

function verdict(plan: BoundaryPlan, unbounded: readonly string[]): Attempt {
  const reasons = [
    ...(unbounded.length === 0
      ? []
      : [`${unbounded.length} ended grants are of roles that do not have the policy as their boundary`]),
    ...(plan.left.length === 0 ? [] : [`the policy has no room for ${plan.left.length} ended grants`]),
  ];
  return reasons.length === 0
    ? { failure: null, partial: null }
    : { failure: reasons.join('; '), partial: new Set([...unbounded, ...plan.left]) };
}

function reasonOf(error: unknown): string {
  const { kind, code } = awsFault(error);
  if (error instanceof Error && !('$fault' in error) && code === 'Error') return error.message.slice(0, 300);
  return `${code} (${kind})`;
}
