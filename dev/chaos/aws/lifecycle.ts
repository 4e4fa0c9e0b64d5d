import { setTimeout as pause } from 'node:timers/promises';
import type { Aws } from '../../aws/aws.ts';
import type { Person } from '../../demo/person.ts';
import { persist, type Persisting, retryMs } from '../persist.ts';
import type { Cluster } from './cluster.ts';

/** What becomes of a grant: given back early, left to end by itself, or still in use when all is looked at. */
export type Fate = 'end' | 'lapse' | 'stay';

export interface Plan {
  readonly person: Person;
  readonly approver: Person;
  readonly entitlement: string;
  /** Set for a permission set: whoever has it signs in at the portal. */
  readonly portal: { readonly userId: string; readonly accountId: string } | null;
  readonly fate: Fate;
  /** Length of the grant, in seconds. */
  readonly seconds: number;
  readonly sessions: number;
}

/** What the clients of a campaign have seen together. */
export interface Seen extends Pick<Persisting, 'ledger'> {
  /** Access key ids that were handed to somebody, with their grants. */
  readonly received: Map<string, string>;
  /** The same for what was opened at the portal. */
  readonly opened: Map<string, string>;
  /** What becomes of each grant. */
  readonly fates: Map<string, Fate>;
  readonly done: Record<Fate | 'failed', number>;
  /** Answers that no client should ever get. */
  readonly faults: string[];
}

// AWS said no for now: this campaign makes it.
const passing = [502];

/** Asks, has it approved, uses it, and leaves it to its fate. */
export async function live(
  cluster: Cluster,
  aws: Aws,
  seen: Seen,
  plan: Plan,
  random: () => number,
): Promise<void> {
  const { person, approver, entitlement, portal, fate } = plan;
  const options: Persisting = { ledger: seen.ledger, stopping: () => false, passing };
  const key = `${person.key}-${random().toString(36).slice(2)}`;
  const ask = {
    entitlements: [entitlement],
    durationSeconds: plan.seconds,
    reason: 'Keep things going while AWS and Daypass break',
  };
  const asked = await persist<{ id: string; digest: string }>(options, [200, 201], () =>
    cluster.call(person, 'POST', '/v1/requests', ask, key),
  );
  const { id, digest } = asked.body;
  await persist(options, [200, 409], () =>
    cluster.call(approver, 'POST', `/v1/requests/${id}/reviews`, { decision: 'approve', digest }),
  );
  const approved = await persist<{ state: string; grants: { id: string }[] }>(options, [200], () =>
    cluster.call(person, 'GET', `/v1/requests/${id}`),
  );
  const grant = approved.body.grants[0]?.id;
  if (grant === undefined) throw new Error(`request ${id} was reviewed and is ${approved.body.state}`);
  seen.fates.set(grant, fate);
  const used =
    portal === null
      ? await takeCredentials(cluster, options, seen, plan, grant)
      : await openPortal(cluster, options, aws, seen, person, portal, grant);
  if (!used) {
    seen.done.failed++;
    return;
  }
  seen.done[fate]++;
  if (fate !== 'end') return;
  await persist(options, [200], () =>
    cluster.call(person, 'POST', `/v1/grants/${grant}/end`, { because: 'done' }),
  );
}

/** False when the grant never became active, or is over meanwhile. */
async function takeCredentials(
  cluster: Cluster,
  options: Persisting,
  seen: Seen,
  { person, sessions }: Plan,
  grant: string,
): Promise<boolean> {
  for (let taken = 0; taken < sessions; ) {
    const { status, body } = await persist<{ credentials?: { accessKeyId: string }; state?: string }>(
      options,
      [201, 409],
      () => cluster.call(person, 'POST', `/v1/grants/${grant}/sessions`),
    );
    if (status === 201 && body.credentials !== undefined) {
      seen.received.set(body.credentials.accessKeyId, grant);
      taken++;
    } else if (body.state !== 'activating' && body.state !== 'scheduled') return taken > 0;
    else await pause(retryMs);
  }
  return true;
}

async function openPortal(
  cluster: Cluster,
  options: Persisting,
  aws: Aws,
  seen: Seen,
  person: Person,
  portal: { readonly userId: string; readonly accountId: string },
  grant: string,
): Promise<boolean> {
  for (;;) {
    const { body } = await persist<{ state: string }>(options, [200], () =>
      cluster.call(person, 'GET', `/v1/grants/${grant}`),
    );
    if (body.state === 'active') break;
    if (body.state !== 'activating' && body.state !== 'scheduled') return false;
    await pause(5 * retryMs);
  }
  const permissionSetArn = aws.world.identityCenter.permissionSets[0]?.arn ?? '';
  const { accessKeyId } = aws.portalCredentials({ ...portal, permissionSetArn });
  seen.opened.set(accessKeyId, grant);
  return true;
}
