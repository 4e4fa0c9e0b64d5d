import { awsFault } from '../../aws/fault.ts';
import type { BoundaryPolicy, PolicyInForce } from '../../aws/boundary-policy.ts';
import { confirm } from './confirm.ts';
import type { BoundaryDeps } from './deps.ts';
import { type DenyRow, openDenies, toDenied } from './deny-row.ts';
import { describeSets, isDescribed, type PermissionSets } from './permission-sets.ts';
import {
  type BoundaryPlan,
  type CurrentDocument,
  missingFrom,
  planBoundary,
  readDocument,
  sameDocument,
} from './document.ts';
import { type Attempt, claim, LeaseLostError, release, renew } from './lease.ts';
import { isPortalRole } from './portal-role.ts';
import { recordDrift, sortStrays } from './strays.ts';

/** AWS keeps this many versions of a managed policy (IAM User Guide, "Versioning IAM policies"). */
const maxVersions = 5;
/** Compacting can wait this long, in milliseconds: what lapsed denies nothing any more. */
export const compactAfterMs = 900_000;

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
  if (claimed.kind !== 'claimed') return claimed.kind;
  // What stood in the way is only known to be gone once AWS was asked again.
  for (let look = options.look === true || claimed.failing; ; look = false) {
    const attempt = await tryOnce(deps, accountId, look);
    if (await release(deps, accountId, attempt)) return attempt.failure === null ? 'done' : 'failed';
  }
}

async function tryOnce(deps: BoundaryDeps, accountId: string, look: boolean): Promise<Attempt> {
  try {
    return await bring(deps, accountId, look);
  } catch (error) {
    if (error instanceof LeaseLostError) return { failure: null, partial: null, looked: false };
    deps.report?.(error, accountId);
    deps.observe?.looked('failed');
    return { failure: reasonOf(error), partial: null, looked: true };
  }
}

async function bring(deps: BoundaryDeps, accountId: string, look: boolean): Promise<Attempt> {
  const rows = await openDenies(deps.db, accountId);
  const now = deps.clock();
  const live = rows.filter((row) => row.lapsesAt > now);
  if (!look && !needsWriting(rows, now)) return { failure: null, partial: null, looked: false };
  const policy = await deps.policyOf(accountId);
  // Asked meanwhile: nothing is written or held up for it.
  const bounding = live.length === 0 ? Promise.resolve([]) : policy.boundedRoles();
  bounding.catch(() => undefined);
  const [sets, before] = await Promise.all([describeSets(deps, accountId, live), policy.read()]);
  const current = readDocument(before.document);
  const strays = await sortStrays(deps, accountId, current, live);
  const known = live.filter((row) => isDescribed(row, sets));
  const denied = known.map((row) => toDenied(row, sets));
  const plan = planBoundary(current, denied, strays.kept);
  if (plan.document === '') throw new Error('statements that are not of Daypass fill the boundary policy');

  const wrote = !unchanged(before.document, current, plan);
  const versionId = wrote ? await put(deps, accountId, policy, before, plan.document) : before.versionId;
  const bounded = await bounding;
  const unbounded = known.filter((row) => !isBounded(deps, row, bounded, sets)).map((row) => row.grantId);
  await recordDrift(deps, accountId, strays, { wrote, missing: missingFrom(current, denied) });
  const spoiled = await confirm(deps, {
    accountId,
    policyArn: policy.arn,
    versionId,
    wrote,
    plan,
    planned: new Map(live.map((row) => [row.grantId, row])),
    unbounded: new Set(unbounded),
    lapsed: rows.filter((row) => row.lapsesAt <= now).map((row) => row.grantId),
  });
  const attempt = verdict([
    [unbounded, 'are of roles that do not have the policy as their boundary'],
    [plan.left, 'found no room in the policy'],
    [
      live.filter((row) => !known.includes(row)).map((row) => row.grantId),
      'are of permission sets that cannot be looked up',
    ],
    [[...spoiled], 'could not be written down'],
  ]);
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

/** Returns the id of the version, once it was read back: an answer alone is no evidence. */
async function put(
  deps: BoundaryDeps,
  accountId: string,
  policy: BoundaryPolicy,
  before: PolicyInForce,
  document: string,
): Promise<string> {
  // The last moment to learn that somebody else writes by now.
  await renew(deps, accountId);
  const oldest = before.others[0];
  if (oldest !== undefined && before.others.length + 1 >= maxVersions) await policy.remove(oldest);
  const versionId = await policy.put(document);
  const after = await policy.readInForce(versionId);
  if (after === null || !sameDocument(after, document)) throw new NotReadBackError();
  return versionId;
}

/** AWS answered a write, and then read back something else. */
class NotReadBackError extends Error {
  override readonly name = 'NotReadBackError';
  constructor() {
    super('the boundary policy that was read back is not the one that was written');
  }
}

/**
 * Is the policy the boundary of what the deny is about? Otherwise it denies nothing, whatever it says. Of a permission set
 * its definition is asked and, while it is assigned to somebody, the role that AWS made for it: a definition has no effect
 * before it was provisioned. Where it cannot be asked, what was confirmed stays so.
 */
function isBounded(
  deps: BoundaryDeps,
  row: DenyRow,
  bounded: readonly string[],
  sets: PermissionSets,
): boolean {
  if (row.kind === 'role') {
    const arn = row.roleArn ?? '';
    return bounded.includes(arn.slice(arn.lastIndexOf('/') + 1));
  }
  const set = sets.get(row.permissionSetArn ?? '');
  if (set === undefined) return row.confirmedAt !== null;
  if (set.boundary !== deps.policyName) return false;
  return !set.assigned || bounded.some((name) => isPortalRole(name, set.name));
}

/** What stands in the way of some denies, in words; nothing, when no grant is in any of the lists. */
function verdict(problems: readonly (readonly [readonly string[], string])[]): Attempt {
  const met = problems.filter(([ids]) => ids.length > 0);
  return met.length === 0
    ? { failure: null, partial: null, looked: true }
    : {
        failure: met.map(([ids, words]) => `${ids.length} ended grants ${words}`).join('; '),
        partial: new Set(met.flatMap(([ids]) => ids)),
        looked: true,
      };
}

function reasonOf(error: unknown): string {
  const { kind, code } = awsFault(error);
  // Messages of AWS and of Postgres may name what does not belong here.
  if (error instanceof Error && error.name === 'Error' && error.cause === undefined)
    return error.message.slice(0, 300);
  return `${code} (${kind})`;
}
