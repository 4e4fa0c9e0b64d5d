import { sweepEligibility } from '../../src/eligibility/sweep-eligibility.ts';
import type { Cast } from './cast.ts';
import { bearer, type World } from './world.ts';
import type { Thing } from './rights.ts';

/** What exists in the database, for calls that name it. */
export interface Known {
  /** Puts what exists in the place of marks such as `@request:3;`. */
  fill(text: string, quoted?: (value: string) => string): string;
  /** The request or grant behind an id; null when there is none. */
  find(id: string): Promise<Thing | null>;
}

const marks = /@(request|grant|person|entitlement|digest|review):(\d+);/g;
const catalog = ['prod/admin', 'prod/readonly', 'secret/vault', 'no/such'];

/** Starts with a few requests and grants of the requester and of the keeper, open and decided. */
export async function settle(world: World, cast: Cast): Promise<Known> {
  const lists: Record<string, string[]> = {
    request: [],
    grant: [],
    person: [cast.deactivated.persona?.id ?? ''],
    entitlement: catalog,
    digest: [],
    review: [],
  };
  for (const [asker, reviewer, entitlement] of [
    [cast.requester, cast.approver, 'prod/admin'],
    [cast.keeper, cast.keeperApprover, 'secret/vault'],
  ] as const) {
    for (const decision of [null, null, 'approve', 'approve', 'deny'] as const) {
      const made = await makeRequest(world, asker, entitlement);
      lists['request']?.push(made.id);
      lists['digest']?.push(made.digest);
      if (decision !== null) lists['grant']?.push(...(await review(world, reviewer, made, decision)));
    }
  }
  lists['review']?.push(...Object.values(await openReviews(world)));
  return {
    fill: (text, quoted = (value) => value) =>
      text.replace(marks, (_mark, kind: string, place: string) => {
        const list = lists[kind] ?? [];
        return quoted(list[Number(place) % Math.max(1, list.length)] ?? 'none');
      }),
    find: (id) => findThing(world, id),
  };
}

/** Opens a review of everything that is reviewed. Returns their ids by entitlement. */
export async function openReviews(world: World): Promise<Record<string, string>> {
  const week = 7 * 86_400;
  await sweepEligibility(world.deps.eligibility);
  world.move(week);
  await sweepEligibility(world.deps.eligibility);
  world.move(-week);
  const rows = await world.sql<{ entitlement: string; id: string }>(
    'SELECT entitlement, id FROM eligibility_reviews',
  );
  return Object.fromEntries(rows.map(({ entitlement, id }) => [entitlement, id]));
}

/** The request, grant or review behind an id, by the rows; null when there is none. */
export async function findThing(world: World, id: string): Promise<Thing | null> {
  const [row] = await world.sql<{ owner: string; entitlements: string[] }>(
    `SELECT requester AS owner, (SELECT array_agg(entitlement) FROM request_entitlements WHERE request_id = r.id) AS entitlements
       FROM requests r WHERE id = $1
     UNION ALL SELECT person_id, ARRAY[entitlement] FROM grants WHERE id = $1
     UNION ALL SELECT principal, ARRAY[]::text[] FROM delegations WHERE id = $1
     UNION ALL SELECT '', ARRAY[entitlement] FROM eligibility_reviews WHERE id = $1`,
    [id],
  );
  return row ?? null;
}

type Asker = Cast['requester'];

export async function makeRequest(
  world: World,
  asker: Asker,
  entitlement: string,
): Promise<{ id: string; digest: string }> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/requests',
    headers: headersOf(asker),
    payload: { entitlements: [entitlement], durationSeconds: 900, reason: 'For a test' },
  });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<{ id: string; digest: string }>();
}

/** A day from now: the clock of these worlds starts with the real one. */
export const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

/** Hands the right of somebody over; returns its id. */
export async function makeDelegation(world: World, principal: Asker, delegate: string): Promise<string> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/delegations',
    headers: headersOf(principal),
    payload: { delegate, endsAt: tomorrow(), because: 'Away' },
  });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json<{ id: string }>().id;
}

/** Returns the ids of the grants that came of it. */
export async function review(
  world: World,
  reviewer: Asker,
  request: { id: string; digest: string },
  decision: 'approve' | 'deny',
): Promise<string[]> {
  const answer = await world.app.inject({
    method: 'POST',
    url: `/v1/requests/${request.id}/reviews`,
    headers: headersOf(reviewer),
    payload: { decision, digest: request.digest },
  });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json<{ grants: { id: string }[] }>().grants.map(({ id }) => id);
}

function headersOf(actor: Asker): Record<string, string> {
  if (actor.persona === null) throw new Error(`${actor.name} cannot sign in`);
  return bearer(actor.persona);
}
