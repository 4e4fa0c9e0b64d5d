import type { BrokerDeps } from '../../src/broker/deps.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { sql } from '../../src/db/drizzle.ts';
import { callerOf, type TestPerson, type World } from './world.ts';

/** Ends early, by the owner. Nothing is taken away here: that is a matter of its jobs. */
export function endEarly(world: World, owner: TestPerson, grantId: string) {
  const { db, transact, clock } = world.deps;
  const nothing = () => Promise.reject(new Error('nothing is taken away here'));
  const targets: BrokerDeps['targets'] = {
    role: { assumeRole: nothing, takeAway: nothing },
    'permission-set': { activate: nothing, takeAway: nothing, removeOrphans: nothing, compare: nothing },
  };
  return endGrant(
    {
      db,
      transact,
      clock,
      targets,
      objectionTo: () => Promise.resolve(null),
      endableBy: () => Promise.resolve(sql`false`),
    },
    callerOf(owner, world.now()),
    { grantId },
  );
}
