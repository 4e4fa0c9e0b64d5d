import { expect, test, vi } from 'vitest';
import { demoWorld } from '../../../dev/aws/world.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { openFleet } from '../load/fleet.ts';
import { activeGrants, adminOf, signedIn, stateOf, useAll } from '../load/many-grants.ts';

const prod = '111122223333';

test('a write that failed is soon tried again by the writer itself, with neither a job nor a sweep', async () => {
  const fleet = await openFleet({
    world: demoWorld(),
    clock: () => new Date(),
    replicas: 1,
    timeLimitMs: 1_000,
  });
  try {
    const callers = await signedIn(fleet, 1);
    const endsAt = new Date(Date.now() + 3_600_000);
    const held = await activeGrants(fleet, callers, [{ entitlement: adminOf(prod), endsAt }]);
    const [kept] = await useAll(fleet, held);
    if (kept === undefined) throw new Error('no grant was made');
    const [{ deps, writers }] = fleet.replicas;
    fleet.aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'throttle', times: 3 });
    await endGrant(deps, kept.caller, { grantId: kept.id });
    writers.wake(prod);
    await vi.waitFor(async () => expect(await stateOf(fleet, kept.id)).toBe('ended'), { timeout: 20_000 });
    expect(await fleet.listBuckets(kept.credentials)).toBe('AccessDenied');
    expect(fleet.aws.log.filter(({ action }) => action === 'CreatePolicyVersion')).toHaveLength(4);
  } finally {
    await fleet.close();
  }
});
