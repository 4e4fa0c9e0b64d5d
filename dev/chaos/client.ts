import { setTimeout as pause } from 'node:timers/promises';
import type { Person } from '../demo/person.ts';
import { persist, retryMs, Stopped } from './persist.ts';

/** What all clients of a campaign have seen together. */
export interface Ledger {
  /** Every access key id that a client received, with the grant it came under. */
  readonly received: Map<string, string>;
  readonly jobs: { done: number; ended: number };
  /** Calls that were tried again: the connection broke, or Daypass said that it cannot right now. */
  readonly retries: { broken: number; unavailable: number };
  /** Answers that no client should ever get. */
  readonly faults: string[];
}

export function newLedger(): Ledger {
  return {
    received: new Map(),
    jobs: { done: 0, ended: 0 },
    retries: { broken: 0, unavailable: 0 },
    faults: [],
  };
}

export interface ClientOptions {
  readonly person: Person;
  /** Who answers this client's requests. */
  readonly approver: Person;
  readonly entitlement: string;
  /** The entitlement is a permission set: it is used at AWS's portal, and there are no credentials to take. */
  readonly assigned: boolean;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Length of a grant, in seconds. */
  readonly grantSeconds: () => number;
  readonly stopping: () => boolean;
}

/** Does the main job again and again, until told to stop: ask, have it approved, take credentials, renew, give it back. */
export async function runClient(options: ClientOptions): Promise<void> {
  while (!options.stopping()) await doJob(options).catch((error: unknown) => note(options, error));
}

function note(options: ClientOptions, error: unknown): void {
  if (!(error instanceof Stopped)) options.ledger.faults.push(`${options.person.name}: ${String(error)}`);
}

async function doJob(options: ClientOptions): Promise<void> {
  const { person, approver, ledger, random } = options;
  const key = `${person.key}-${random().toString(36).slice(2)}`;
  // A replay under the same key is the same request to the last second.
  const durationSeconds = options.grantSeconds();
  const asked = await persist<{ id: string; digest: string }>(options, [200, 201], () =>
    person.call(
      'POST',
      '/v1/requests',
      {
        entitlements: [options.entitlement],
        durationSeconds,
        reason: 'Keep things going while the broker dies',
      },
      { 'idempotency-key': key },
    ),
  );
  const { id, digest } = asked.body;
  // A review whose answer was lost is found to be made already.
  await persist(options, [200, 409], () =>
    approver.call('POST', `/v1/requests/${id}/reviews`, { decision: 'approve', digest }),
  );
  const approved = await persist<{ state: string; grants: { id: string }[] }>(options, [200], () =>
    person.call('GET', `/v1/requests/${id}`),
  );
  const grant = approved.body.grants[0]?.id;
  if (approved.body.state !== 'approved' || grant === undefined)
    throw new Error(`request ${id} was reviewed and is ${approved.body.state}`);
  if (options.assigned) {
    if (!(await becomesActive(options, grant))) return;
  } else {
    for (let renewals = random() < 0.5 ? 2 : 1; renewals > 0; renewals--) {
      if (!(await takeCredentials(options, grant))) return;
    }
  }
  ledger.jobs.done++;
  if (random() < 0.4) {
    await persist(options, [200], () => person.call('POST', `/v1/grants/${grant}/end`, { because: 'done' }));
    ledger.jobs.ended++;
  }
}

/** False when the grant is over meanwhile. */
async function becomesActive(options: ClientOptions, grant: string): Promise<boolean> {
  for (;;) {
    const { body } = await persist<{ state: string }>(options, [200], () =>
      options.person.call('GET', `/v1/grants/${grant}`),
    );
    if (body.state === 'active') return true;
    if (body.state !== 'activating' && body.state !== 'scheduled') return false;
    await pause(retryMs);
  }
}

/** False when the grant is over meanwhile. */
async function takeCredentials(options: ClientOptions, grant: string): Promise<boolean> {
  const { person, ledger } = options;
  for (;;) {
    const answer = await persist<{ credentials?: { accessKeyId: string }; state?: string }>(
      options,
      [201, 409],
      () => person.call('POST', `/v1/grants/${grant}/sessions`),
    );
    const accessKeyId = answer.body.credentials?.accessKeyId;
    if (answer.status === 201 && accessKeyId !== undefined) {
      ledger.received.set(accessKeyId, grant);
      return true;
    }
    if (answer.body.state !== 'activating' && answer.body.state !== 'scheduled') return false;
    await pause(retryMs);
  }
}
