import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { issueSession, type SessionCredentials } from '../../../src/broker/issue-session.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import type { Entitlement } from '../../../src/catalog/types.ts';
import type { Caller } from '../../../src/identity/caller.ts';
import { endOf, extendBy, openPortal } from '../extending.ts';
import { adminRole, type House, prod } from '../house.ts';
import { type Expected, expectedOfPortal, expectedOfRole, type Held, isLive, type Life } from './expected.ts';
import { type Act, type Order, roundOf, type Which } from './orders.ts';

export type Kind = 'role' | 'permission-set';

/** What goes on between the rounds: all that the service does, or only a part of it until the very end. */
export const betweens = ['sweeps and writes', 'writes', 'sweeps', 'nothing'] as const;
export type Between = (typeof betweens)[number];

const roundSeconds = 300;
// Long enough for what AWS is still working on.
const settleSeconds = 35;
const atOnce = 6;

interface Running {
  readonly order: Order;
  readonly person: string;
  readonly caller: Caller;
  readonly ids: Record<Which, string>;
  readonly lives: Record<Which, Life>;
  readonly held: Held<SessionCredentials>[];
}

/**
 * Lives through many orders at the same time, each with a person of its own, beside somebody who has the same access all the
 * time. Returns what was not as it should be, a line each, with its order.
 */
export async function liveThrough(
  house: House,
  kind: Kind,
  orders: readonly Order[],
  between: Between,
): Promise<string[]> {
  const entitlement: Entitlement = {
    ...(kind === 'role' ? adminRole : house.permissionSet),
    sessionSeconds: 3600,
  };
  const operator = await house.caller(await house.person(), { isOperator: true });
  const faults: string[] = [];
  const approver = await house.person({ groups: ['approvers'] });
  const begin = house.now().getTime();
  const timeOf = (round: number) => begin + round * roundSeconds * 1000;
  const passTo = (time: number) => house.pass((time - house.now().getTime()) / 1000);

  const running = await inLanes(orders, async (order): Promise<Running> => {
    const person = await house.person();
    return {
      order,
      person,
      caller: await house.caller(person),
      ids: { A: '', B: '' },
      lives: { A: unborn(), B: unborn() },
      held: [],
    };
  });
  const neighbour = await house.grant({ entitlement, approver, seconds: 7200 });
  await activateGrant(house.deps, { grantId: neighbour.id });
  const neighbours = await open(house, kind, neighbour.id, await house.caller(neighbour.person));

  const act = async (run: Running, { which, step }: Act, meets: boolean): Promise<void> => {
    const { order, lives, ids, caller } = run;
    const life = lives[which];
    const now = house.now().getTime();
    const use = async () => {
      const cutOff = (await endOf(house, ids[which])).getTime();
      run.held.push({
        which,
        openedAt: now,
        cutOff,
        credentials: await open(house, kind, ids[which], caller),
      });
    };
    const { first, last } = planned(order, which, timeOf);
    switch (step) {
      case 'S': {
        const seconds = (first - now) / 1000;
        const { id } = await house.grant({ person: run.person, approver, entitlement, seconds });
        ids[which] = id;
        await activateGrant(house.deps, { grantId: id });
        Object.assign(life, { startedAt: now, endsAt: first });
        return;
      }
      case 'U':
        return use();
      case 'X':
        await extendBy(house, ids[which], (last - first) / 1000);
        life.endsAt = last;
        return use();
      case 'E':
        if (order.ends[which] === 'natural') {
          if (meets || between === 'sweeps and writes')
            await finishEnding(house.deps, { grantId: ids[which] });
          return;
        }
        life.endedEarlyAt = now;
        await endGrant(house.deps, order.ends[which] === 'owner' ? caller : operator, {
          grantId: ids[which],
        });
    }
  };

  const tell = (run: Running, round: number, what: string) =>
    faults.push(`${kind}, ${between} in between, ${run.order.name}, after round ${round}: ${what}`);

  const check = async (round: number, swept: boolean, written: boolean): Promise<void> => {
    const now = house.now().getTime();
    await inLanes(running, async (run) => {
      if (round >= run.order.rounds.length + 1) return;
      for (const held of run.held) {
        const wanted =
          kind === 'role'
            ? expectedOfRole(run.lives[held.which], held, now, written)
            : expectedOfPortal(run.lives, held, now, written);
        if (wanted === 'either') continue;
        const got = await house.listBuckets(held.credentials);
        if (!fits(wanted, got)) {
          const since = (now - held.openedAt) / 1000;
          tell(run, round, `what was opened ${since} s ago under ${held.which} should be ${wanted}: ${got}`);
        }
      }
      for (const which of ['A', 'B'] as const) {
        if (run.ids[which] === '' || kind !== 'role' || isLive(run.lives[which], now)) continue;
        const more = await issueSession(house.deps, run.caller, { grantId: run.ids[which] }).then(
          () => 'new credentials were issued',
          (error: { code?: string }) => error.code,
        );
        if (more !== 'not_active') tell(run, round, `${which} is over: ${more}`);
      }
      if (kind === 'role' || !swept) return;
      const needed = Object.values(run.lives).some((life) => isLive(life, now));
      if (assignments(house, run.person) !== (needed ? 1 : 0)) {
        tell(run, round, needed ? 'the assignment is not there' : 'the assignment is still there');
      }
    });
    const got = await house.listBuckets(neighbours);
    if (got !== 'ok') faults.push(`${kind}, round ${round}: the neighbour is refused: ${got}`);
    if (kind === 'permission-set' && assignments(house, neighbour.person) !== 1)
      faults.push(`round ${round}: the neighbour's assignment is gone`);
  };

  const rounds = Math.max(...orders.map((order) => order.rounds.length));
  for (let round = 0; round < rounds; round++) {
    passTo(timeOf(round));
    await inLanes(running, async (run) => {
      const acts = run.order.rounds[round] ?? [];
      const done = await Promise.allSettled(acts.map((one) => act(run, one, acts.length > 1)));
      for (const one of done) if (one.status === 'rejected') tell(run, round, String(one.reason));
    });
    for (let i = 0; i < 2; i++) {
      if (between.includes('sweeps')) await sweepGrants(house.deps);
      if (between.includes('writes')) await writeBoundary(house.boundary(), prod);
      house.pass(settleSeconds);
    }
    // Where nothing was written, nothing has changed in AWS but by time.
    if (between.includes('writes')) await check(round, between.includes('sweeps'), true);
  }
  passTo(timeOf(rounds));
  for (let i = 0; i < 3; i++) {
    await sweepGrants(house.deps);
    await writeBoundary(house.boundary(), prod);
    house.pass(settleSeconds);
  }
  await check(0, true, true);
  await leaveNothing(house, running, neighbour.id, faults);
  return faults;
}

/** When a grant ends by itself: at first, and once it was extended. The old end passes before the next round. */
function planned(order: Order, which: Which, timeOf: (round: number) => number) {
  const extended = roundOf(order, which, 'X');
  const last =
    order.ends[which] === 'natural'
      ? timeOf(roundOf(order, which, 'E') ?? 0) - 100_000
      : timeOf(order.rounds.length + 4);
  return { first: extended === null ? last : timeOf(extended) + 100_000, last };
}

async function open(house: House, kind: Kind, grantId: string, caller: Caller): Promise<SessionCredentials> {
  if (kind === 'permission-set') return openPortal(house, caller.personId);
  return (await issueSession(house.deps, caller, { grantId })).credentials.reveal();
}

/** Long after, every grant has ended, and neither an assignment nor a word in the policy is left. */
async function leaveNothing(
  house: House,
  running: readonly Running[],
  neighbour: string,
  faults: string[],
): Promise<void> {
  house.pass(3 * 3600);
  for (let i = 0; i < 3; i++) {
    await sweepGrants(house.deps);
    await writeBoundary(house.boundary(), prod);
    house.pass(settleSeconds);
  }
  const left = new Set([neighbour, ...running.flatMap(({ ids }) => Object.values(ids))]);
  const { rows } = await house.pool.raw.query<{ id: string; state: string }>(
    `SELECT id, state FROM grants WHERE state <> 'ended'`,
  );
  for (const { id, state } of rows) if (left.has(id)) faults.push(`${id} is ${state} long after its end`);
  if (house.aws.world.identityCenter.assignments.length > 0) faults.push('assignments are left over');
  const account = house.aws.world.accounts.find(({ id }) => id === prod);
  const policy = JSON.stringify(account?.managedPolicies[`arn:aws:iam::${prod}:policy/daypass-boundary`]);
  if (policy.includes('DaypassEnded')) faults.push(`denies are left over: ${policy}`);
}

function assignments(house: House, person: string): number {
  const { users, assignments: all } = house.aws.world.identityCenter;
  const principal = users.find(({ userName }) => userName === person)?.userId;
  return all.filter(({ principalId }) => principalId === principal).length;
}

function fits(wanted: Exclude<Expected, 'either'>, got: string): boolean {
  return wanted === 'works' ? got === 'ok' : got === 'AccessDenied' || got === 'ExpiredToken';
}

function unborn(): Life {
  return { startedAt: null, endsAt: 0, endedEarlyAt: null };
}

async function inLanes<T, R>(items: readonly T[], visit: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [place, item] of left) results[place] = await visit(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
