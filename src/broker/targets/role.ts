import { eq, sql } from '../../db/drizzle.ts';
import type { AssumeRole } from '../../aws/assume-role.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import { sessions } from '../../db/schema.ts';
import type { RoleTarget } from './target.ts';

export interface RoleTargetDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly assumeRole: AssumeRole;
}

/**
 * A role in an account. There is nothing to make and nothing to delete: access is the sessions issued under the grant,
 * and the evidence of its end is that the last of them can no longer be used.
 */
export function createRoleTarget(deps: RoleTargetDeps): RoleTarget {
  return {
    assumeRole: deps.assumeRole,

    async takeAway(grant) {
      const [issued] = await deps.db
        .select({
          count: sql<number>`count(*)::int`,
          issuing: sql<number>`count(*) FILTER (WHERE ${sessions.state} = 'issuing')::int`,
          last: sql<Date | null>`max(${sessions.lastPossibleUse})`.mapWith(sessions.lastPossibleUse),
        })
        .from(sessions)
        .where(eq(sessions.grantId, grant.id));
      const now = deps.clock();
      if (issued === undefined || issued.count === 0 || issued.last === null) {
        return { kind: 'gone', evidence: { kind: 'nothing_issued', seenAt: now.toISOString() } };
      }
      if (issued.issuing > 0 || now < issued.last) return { kind: 'pending', lookAgainAt: null };
      const evidence = {
        kind: 'last_possible_use_passed',
        lastPossibleUse: issued.last.toISOString(),
        sessions: issued.count,
        seenAt: now.toISOString(),
      };
      return { kind: 'gone', evidence };
    },
  };
}
