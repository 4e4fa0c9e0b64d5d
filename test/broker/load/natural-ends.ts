import { expect } from 'vitest';
import { demoWorld } from '../../../dev/aws/world.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { openFleet } from './fleet.ts';
import { activeGrants, adminOf, signedIn, useAll } from './many-grants.ts';

const prod = '111122223333';
// Less than STS lends for: the credentials outlive the grant, and only their policy ends them.
const grantSeconds = 600;

export interface NaturalEnds {
  /** Milliseconds that the sweeps took until all was ended. */
  readonly sweptMs: number;
  /** Milliseconds that giving out the credentials took. */
  readonly issuedMs: number;
}

/**
 * So many grants, each with credentials in use, end in one and the same second. Holds that from that second on no credential works
 * and none is issued, and that ending them writes nothing to IAM.
 */
export async function endInOneSecond(count: number): Promise<NaturalEnds> {
  const start = Math.floor(Date.now() / 1000) * 1000;
  let now = start;
  const fleet = await openFleet({
    world: demoWorld(),
    clock: () => new Date(now),
    replicas: 2,
    timeLimitMs: 5_000,
  });
  try {
    const [one, other] = fleet.replicas;
    if (other === undefined) throw new Error('two replicas were asked for');
    const callers = await signedIn(fleet, 40);
    const second = start + grantSeconds * 1000;
    const entitlement = adminOf(prod);
    const wanted = Array.from({ length: count }, (_, i) => ({
      entitlement,
      endsAt: new Date(second + (i % 1000)),
    }));
    const held = await activeGrants(fleet, callers, wanted);
    const began = performance.now();
    const kept = await useAll(fleet, held);
    const issuedMs = performance.now() - began;

    // Every session was lent with the cut-off; AWS, by a sample, holds it to the second.
    const cutOff = `${new Date(second).toISOString().slice(0, 19)}Z`;
    const lent = fleet.aws.log.filter(({ action }) => action === 'AssumeRole');
    const without = lent.filter(({ parameters }) => !String(parameters['Policy']).includes(cutOff));
    expect([lent.length, without.length]).toEqual([count, 0]);
    const sample = kept.filter((_, i) => i % Math.ceil(count / 40) === 0);
    const works = async () => {
      const answers = new Set<string>();
      for (const { credentials } of sample) answers.add(await fleet.listBuckets(credentials));
      return [...answers];
    };
    now = second - 1;
    expect(await works()).toEqual(['ok']);
    now = second;
    expect(await works()).toEqual(['AccessDenied']);

    now = second + 1000;
    const issuedBefore = lent.length;
    for (const { id, caller } of sample) {
      await expect(issueSession(one.deps, caller, { grantId: id })).rejects.toMatchObject({
        code: 'not_active',
      });
    }
    const swept = performance.now();
    const results = await Promise.all([sweepGrants(one.deps), sweepGrants(other.deps)]);
    results.push(await sweepGrants(one.deps));
    const sweptMs = performance.now() - swept;
    for (const { writers } of fleet.replicas) {
      await writers.sweep();
      await writers.idle();
    }
    expect(results.map(({ faults }) => faults)).toEqual([0, 0, 0]);
    const { rows } = await fleet.pool.raw.query(
      `SELECT g.state, g.ended_because AS because, g.evidence ->> 'kind' AS evidence, count(*)::int AS grants,
         sum((SELECT count(*) FROM audit_events e WHERE e."grant" = g.id AND e.kind = 'grant.ending'))::int AS endings,
         sum((SELECT count(*) FROM audit_events e WHERE e."grant" = g.id AND e.kind = 'grant.ended'))::int AS ends
       FROM grants g GROUP BY 1, 2, 3`,
    );
    const evidence = 'last_possible_use_passed';
    expect(rows).toEqual([
      { state: 'ended', because: 'expired', evidence, grants: count, endings: count, ends: count },
    ]);
    expect(fleet.aws.log.filter(({ service }) => service === 'iam')).toEqual([]);
    expect(fleet.aws.log.filter(({ action }) => action === 'AssumeRole')).toHaveLength(issuedBefore);
    expect(await works()).toEqual(['AccessDenied']);
    return { sweptMs, issuedMs };
  } finally {
    await fleet.close();
  }
}
