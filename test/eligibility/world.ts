import { answerEligibility } from '../../src/eligibility/answer-eligibility.ts';
import { getEligibilityReview } from '../../src/eligibility/get-review.ts';
import { sweepEligibility } from '../../src/eligibility/sweep-eligibility.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, startWorld, type TestPerson, type World } from '../approvals/world.ts';

export const day = 86_400;

/** `prod/admin` is reviewed every 30 days within 10, by owners; `prod/free` never. */
export const catalogText = `version: 1
groups: [engineers, seniors, approvers, owners, others]
accounts:
  prod: { id: "111122223333", name: Production, owners: { groups: [owners] } }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers, seniors] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    reviewEvery: 30d
    reviewWithin: 10d
    unusedAfter: 20d
  prod/free:
    description: Free
    role: { account: prod, name: daypass-free }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
`;

export interface EligibilityWorld extends World {
  sweep(): Promise<void>;
  /** Lets the rhythm come round, and opens what is due. Returns the id of the newest review of prod/admin. */
  open(): Promise<string>;
  answerFor(
    owner: TestPerson,
    review: string,
    person: TestPerson,
    decision: 'keep' | 'drop',
    over?: Partial<Caller>,
  ): ReturnType<typeof answerEligibility>;
  read(review: string, as: TestPerson): ReturnType<typeof getEligibilityReview>;
  /** Kinds of events of this review, in the order they happened, with whom they are about. */
  events(review: string): Promise<{ kind: string; subject: string | null }[]>;
}

export async function startEligibilityWorld(): Promise<EligibilityWorld> {
  const world = await startWorld();
  await world.use(catalogText);
  const sweep = () => sweepEligibility(world.deps);
  return {
    ...world,
    sweep,
    async open() {
      await sweep();
      world.move(30 * day);
      await sweep();
      const { rows } = await world.root.query<{ id: string }>(
        `SELECT id FROM eligibility_reviews WHERE entitlement = 'prod/admin' ORDER BY id DESC LIMIT 1`,
      );
      return rows[0]?.id ?? '';
    },
    answerFor: (owner, id, person, decision, over = {}) =>
      answerEligibility(world.deps, callerOf(owner, world.now(), over), { id, person: person.id, decision }),
    read: (id, as) => getEligibilityReview(world.deps, callerOf(as, world.now()), { id, limit: 100 }),
    async events(review) {
      const { rows } = await world.root.query<{ kind: string; subject: string | null }>(
        `SELECT kind, subject FROM audit_events WHERE leaf::jsonb #>> '{details,review}' = $1 ORDER BY id`,
        [review],
      );
      return rows;
    },
  };
}
