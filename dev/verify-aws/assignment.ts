import {
  type AssignmentKey,
  createIdentityCenter,
  type IdentityCenter,
} from '../../src/aws/identity-center.ts';
import type { Site } from './site.ts';

export interface Assigned {
  readonly center: IdentityCenter;
  readonly key: AssignmentKey;
  /** States that the operation was seen in, in order, each once. */
  readonly states: readonly string[];
  readonly seconds: number;
}

const limitMs = 600_000;
const pauseMs = 2_000;

/** The person has the assignment already: it is somebody’s, and is left alone. */
export class AlreadyAssignedError extends Error {
  override readonly name = 'AlreadyAssignedError';
}

/**
 * Assigns the permission set, once for all claims, and notes that it is to be taken back.
 * @throws AlreadyAssignedError; Error when AWS says that it failed
 */
export function assign(site: Site): Promise<Assigned> {
  return site.once('assignment', async () => {
    const options = site.options.identityCenter;
    if (options === null) throw new Error('looked at without its options');
    const center = createIdentityCenter(site.clients.ssoAdmin, site.clients.identityStore, options);
    const { permissionSetArn, userId: principalId } = options;
    const key = { accountId: site.options.account, permissionSetArn, principalId };
    if (await center.isAssigned(key))
      throw new AlreadyAssignedError(`${principalId} has this assignment already`);
    site.undo.add(`the assignment of ${permissionSetArn} to ${principalId}`, async () => {
      if (await center.isAssigned(key))
        await follow(center, 'delete', await center.begin('delete', key), site.clock, site.pause);
    });
    return { center, key, ...(await operate(site, center, 'create', key)) };
  });
}

/** Takes the assignment back, and says how that went. */
export async function unassign(
  site: Site,
  { center, key }: Assigned,
): Promise<Pick<Assigned, 'states' | 'seconds'>> {
  return operate(site, center, 'delete', key);
}

async function operate(
  site: Site,
  center: IdentityCenter,
  operation: 'create' | 'delete',
  key: AssignmentKey,
) {
  const began = site.clock().getTime();
  const states = await follow(center, operation, await center.begin(operation, key), site.clock, site.wait);
  return { states, seconds: (site.clock().getTime() - began) / 1000 };
}

async function follow(
  center: IdentityCenter,
  operation: 'create' | 'delete',
  id: string,
  clock: () => Date,
  wait: (milliseconds: number) => Promise<void>,
): Promise<readonly string[]> {
  const states = new Set<string>();
  const end = clock().getTime() + limitMs;
  for (;;) {
    const status = await center.status(operation, id);
    states.add(status.kind);
    if (status.kind === 'succeeded') return [...states];
    if (status.kind === 'failed') throw new Error(`the assignment failed: ${status.reason}`);
    if (clock().getTime() > end) throw new Error('the assignment did not come to its end');
    await wait(pauseMs);
  }
}
