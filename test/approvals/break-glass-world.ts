import type pg from 'pg';
import type { BreakGlassDeps, BreakGlassUsed } from '../../src/approvals/break-glass-deps.ts';
import { finishFollowUp, type FinishFollowUpInput } from '../../src/approvals/finish-follow-up.ts';
import { listFollowUps, type ListFollowUpsInput } from '../../src/approvals/list-follow-ups.ts';
import { sweepFollowUps } from '../../src/approvals/sweep-follow-ups.ts';
import type { SubmitInput } from '../../src/approvals/submission.ts';
import { useBreakGlass } from '../../src/approvals/use-break-glass.ts';
import { handOver } from '../../src/hand-over.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, startWorld, type TestPerson, type World } from './world.ts';

/** Alice and Bob may break the glass of `prod/admin`; deny rules, tickets and steps stand in the way of everybody else. */
export const breakGlassText = (alice: string, bob: string) => `version: 1
groups: [engineers, approvers, security, directors, strangers]
people:
  alice: { subject: "${alice}" }
  bob: { subject: "${bob}" }
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers], count: 2 }
    maxDuration: 2h
    ticket: "OPS-[0-9]{1,6}"
    assurance: { ask: single-factor, approve: phishing-resistant }
    rules:
      frozen: { deny: "true", because: nothing is changed in December }
    breakGlass:
      people: [alice, bob]
      followUp:
        by: { groups: [security] }
        within: 24h
        escalate: { after: 12h, to: { groups: [directors] } }
  prod/plain:
    description: Without break-glass
    role: { account: prod, name: daypass-plain }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
  secret/vault:
    description: Hidden from engineers
    role: { account: prod, name: daypass-vault }
    ask: { groups: [strangers] }
    approve: { groups: [strangers] }
    maxDuration: 1h
    breakGlass:
      people: [alice]
      maxDuration: 15m
      followUp: { by: { groups: [security] } }
`;

export interface BreakGlassWorld {
  readonly world: World;
  readonly deps: BreakGlassDeps;
  readonly announced: BreakGlassUsed[];
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  readonly engineer: TestPerson;
  readonly guard: TestPerson;
  readonly director: TestPerson;
  readonly operator: TestPerson;
  use(
    person: TestPerson,
    input?: Partial<SubmitInput>,
    caller?: Partial<Caller>,
  ): ReturnType<typeof useBreakGlass>;
  finish(
    person: TestPerson,
    input: Partial<FinishFollowUpInput> & { readonly id: string },
    caller?: Partial<Caller>,
  ): ReturnType<typeof finishFollowUp>;
  list(person: TestPerson, input?: ListFollowUpsInput): ReturnType<typeof listFollowUps>;
  sweep(): Promise<number>;
  /** The follow-ups of a request, oldest first. */
  owed(request: string | null): Promise<{ id: string; entitlement: string; state: string }[]>;
  notices(kind: string): Promise<{ people: string[]; body: Record<string, unknown>; request: string }[]>;
}

/** Proven as strongly as can be, now. */
export const strong = (now: Date): Partial<Caller> => ({
  assurance: { level: 'phishing-resistant', authenticatedAt: now },
});

export async function startBreakGlassWorld(): Promise<BreakGlassWorld> {
  const world = await startWorld();
  const alice = await world.person('Alice', ['engineers', 'security']);
  const bob = await world.person('Bob', ['engineers']);
  await world.use(breakGlassText(alice.subject, bob.subject));
  const announced: BreakGlassUsed[] = [];
  const deps: BreakGlassDeps = {
    ...world.deps,
    // Roles become active with their approval, as they do in the service.
    ...handOver({ catalog: world.deps.catalog, onCall: world.deps.onCall }).approvals,
    operatorsGroup: 'operators',
    announce: (used) => announced.push(used),
  };
  const query = async <T extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<T[]> =>
    (await world.root.query<T>(text, values)).rows;
  return {
    world,
    deps,
    announced,
    alice,
    bob,
    engineer: await world.person('Erin', ['engineers']),
    guard: await world.person('Gus', ['security']),
    director: await world.person('Dora', ['directors']),
    operator: await world.person('Olga', ['operators']),
    use: (person, input = {}, caller = {}) =>
      useBreakGlass(deps, callerOf(person, world.now(), { ...strong(world.now()), ...caller }), {
        entitlements: ['prod/admin'],
        durationSeconds: 900,
        reason: 'everything is on fire',
        ...input,
      }),
    finish: (person, input, caller = {}) =>
      finishFollowUp(deps, callerOf(person, world.now(), caller), {
        verdict: 'justified',
        comment: 'it was on fire',
        ...input,
      }),
    list: (person, input = {}) => listFollowUps(deps, callerOf(person, world.now()), input),
    sweep: () => sweepFollowUps(deps),
    owed: (request) =>
      query('SELECT id, entitlement, state FROM follow_ups WHERE request_id = $1 ORDER BY id', [request]),
    notices: (kind) => query('SELECT people, body, request FROM notices WHERE kind = $1 ORDER BY id', [kind]),
  };
}
