import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { expect } from 'vitest';
import { manyAccounts } from '../../../dev/aws/world.ts';
import { tally } from '../../../dev/chaos/tally.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { type Fleet, inParallel, openFleet } from './fleet.ts';
import { activeGrants, adminOf, type Kept, signedIn, useAll, type Wanted } from './many-grants.ts';
import { type Lateness, readLateness } from './lateness.ts';

export interface EarlyEndsOptions {
  readonly accounts: number;
  /** Ended in the first account, which opted in to denying the whole role. */
  readonly inFirst: number;
  /** Ended in each of the others. */
  readonly inOthers: number;
  /** How likely AWS plays each fault at a call. */
  readonly faults: number;
  /** How many are told to end in a second; without it, as many as two replicas take. */
  readonly perSecond?: number;
  /** Tried with kept credentials in each account. */
  readonly sample: number;
}

export interface EarlyEnds {
  readonly lateness: Lateness;
  readonly iamCalls: number;
  readonly policyWrites: number;
  readonly faultsPlayed: Readonly<Record<string, number>>;
  /** Faults that the replicas reported, by name. */
  readonly reported: Readonly<Record<string, number>>;
  /** How many were denied together with all older sessions of their role. */
  readonly roleWide: number;
  /** Milliseconds in which all were told to end. */
  readonly endedMs: number;
}

// A hanging call is given up after so long; Daypass itself waits longer.
const timeLimitMs = 1_000;
const sweepEveryMs = 5_000;
const settleLimitMs = 180_000;
// The deny of a role reaches a little beyond the end, for clocks that differ.
const pastTheDenyMs = 7_000;

/**
 * Ends many grants early, at two replicas, while AWS plays faults. Holds that every one is denied in AWS with its
 * record, by kept credentials of a sample, and that neighbours and later sessions go on.
 */
export async function endEarly(options: EarlyEndsOptions): Promise<EarlyEnds> {
  const fleet = await openFleet({
    world: manyAccounts(options.accounts),
    clock: () => new Date(),
    replicas: 2,
    timeLimitMs,
  });
  try {
    const callers = await signedIn(fleet, 40);
    const ids = fleet.aws.world.accounts.slice(1).map(({ id }) => id);
    const [first = '', ...others] = ids;
    const toEnd = [
      ...wanted(first, 'daypass-admin', options.inFirst),
      ...others.flatMap((id) => wanted(id, 'daypass-admin', options.inOthers)),
    ];
    // In the first account the older sessions of the role are not spared: that is what was opted in to.
    const toStay = ids.flatMap((id) => wanted(id, id === first ? 'daypass-readonly' : 'daypass-admin', 1));
    const held = await activeGrants(fleet, callers, [...toEnd, ...toStay]);
    const kept = await useAll(fleet, held);
    await allowRoleWide(fleet, first);
    const ended = kept.slice(0, toEnd.length);
    const neighbours = kept.slice(toEnd.length);

    setFaults(fleet, options.faults);
    await fleet.startJobs();
    const began = performance.now();
    const from = fleet.aws.log.length;
    // Mixed, as when somebody leaves or a mistake is called back, and not one account after the other.
    const { perSecond = Number.POSITIVE_INFINITY } = options;
    await inParallel(shuffled(ended), 8, async ({ id, caller }, i) => {
      await pause(Math.max(0, began + (i / perSecond) * 1_000 - performance.now()));
      const { deps } = fleet.replicas[i % 2] ?? fleet.replicas[0];
      await endGrant(deps, caller, { grantId: id });
    });
    const endedMs = performance.now() - began;
    await settled(fleet);
    const log = fleet.aws.log.slice(from);
    fleet.aws.clearFaults();

    await expectRecord(fleet, ended.length);
    for (const id of ids) {
      const mine = ended.filter(({ accountId }) => accountId === id).slice(-options.sample);
      expect(await answers(fleet, mine), id).toEqual(['AccessDenied']);
    }
    expect(await answers(fleet, neighbours)).toEqual(['ok']);
    // Where the whole role is denied, what is lent afterwards works once its second is past that of the newest of those ends.
    const roleWide = await countRoleWide(fleet);
    if (roleWide > 0) await pause(pastTheDenyMs);
    const later = await useAll(fleet, await activeGrants(fleet, callers, wanted(first, 'daypass-admin', 1)));
    expect(await answers(fleet, later)).toEqual(['ok']);
    return {
      lateness: await readLateness(fleet, log, timeLimitMs),
      iamCalls: log.filter(({ service }) => service === 'iam').length,
      policyWrites: log.filter(({ action }) => action === 'CreatePolicyVersion').length,
      faultsPlayed: tally(log.flatMap(({ fault }) => (fault === null ? [] : [fault]))),
      reported: tally(fleet.replicas.flatMap(({ faults }) => faults.map(nameOf))),
      roleWide,
      endedMs,
    };
  } finally {
    await fleet.close();
  }
}

function wanted(accountId: string, roleName: string, count: number): Wanted[] {
  const endsAt = new Date(Date.now() + 4 * 3_600_000);
  return Array.from({ length: count }, () => ({ entitlement: adminOf(accountId, roleName), endsAt }));
}

/** Terms never change: only the owner of the tables, with every guard off, can say afterwards that they allow it. */
async function allowRoleWide(fleet: Fleet, accountId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: fleet.database.superuserUrl });
  await owner.connect();
  await owner.query('SET session_replication_role = replica');
  await owner.query(
    `UPDATE grants SET terms = terms || '{"roleWideDeny": true}' WHERE terms #>> '{account,id}' = $1`,
    [accountId],
  );
  await owner.end();
}

function setFaults({ aws }: Fleet, probability: number): void {
  const kinds = ['throttle', 'server-error', 'hang', 'cut-after'] as const;
  kinds.forEach((kind, i) => {
    aws.fault({ service: 'iam', action: '*', kind, probability, seed: i + 1 });
    aws.fault({ service: 'sts', action: 'AssumeRole', kind, probability, seed: i + 11 });
  });
}

/** Waits until every deny was read back. Each replica sweeps meanwhile as often as Daypass does. */
async function settled(fleet: Fleet): Promise<void> {
  const started = performance.now();
  let swept = started;
  for (;;) {
    const { rows } = await fleet.pool.raw.query<{ open: number }>(
      'SELECT count(*)::int AS open FROM denies WHERE confirmed_at IS NULL',
    );
    if (rows[0]?.open === 0) break;
    if (performance.now() - started > settleLimitMs) throw new Error(`${rows[0]?.open} are not denied`);
    if (performance.now() - swept > sweepEveryMs) {
      swept = performance.now();
      for (const { writers } of fleet.replicas) await writers.sweep();
    }
    await pause(100);
  }
  for (const { writers } of fleet.replicas) await writers.idle();
}

async function expectRecord(fleet: Fleet, count: number): Promise<void> {
  const { rows } = await fleet.pool.raw.query(
    `SELECT state, steps, count(*)::int AS grants FROM (
       SELECT g.state, array_agg(e.kind ORDER BY e.id) FILTER (WHERE e.kind IN ('grant.ending', 'deny.confirmed', 'grant.ended')) AS steps
       FROM grants g JOIN denies d ON d.grant_id = g.id JOIN audit_events e ON e."grant" = g.id GROUP BY g.id
     ) AS each GROUP BY 1, 2`,
  );
  const steps = ['grant.ending', 'deny.confirmed', 'grant.ended'];
  expect(rows).toEqual([{ state: 'ended', steps, grants: count }]);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.slice(0, 60)}` : String(error);
}

async function countRoleWide({ pool }: Fleet): Promise<number> {
  const { rows } = await pool.raw.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM denies WHERE role_wide',
  );
  return rows[0]?.count ?? 0;
}

async function answers(fleet: Fleet, kept: readonly Kept[]): Promise<string[]> {
  const seen = new Set<string>();
  for (const { credentials } of kept) seen.add(await fleet.listBuckets(credentials));
  return [...seen];
}

/** Always the same order, and one that no account or person decides. */
function shuffled<T extends { readonly id: string }>(things: readonly T[]): T[] {
  return things
    .map((thing, i) => ({ thing, at: (i * 7919) % things.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
}
