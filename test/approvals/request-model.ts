import fc from 'fast-check';
import { expect } from 'vitest';
import { cancelRequest } from '../../src/approvals/cancel-request.ts';
import { expireRequest } from '../../src/approvals/expire-request.ts';
import type { RequestState } from '../../src/approvals/states.ts';
import type { SubmittedView } from '../../src/approvals/submit-request.ts';
import { Refusal } from '../../src/refusal.ts';
import { callerOf, type TestPerson, type World } from './world.ts';

type People = Record<'requester' | 'approver' | 'second' | 'outsider', TestPerson>;

interface Model {
  state: RequestState;
  secondsLeft: number;
}
interface Real {
  readonly world: World;
  readonly people: People;
  readonly asked: SubmittedView;
}

const attempt = async (call: Promise<unknown>) => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
};

class Review implements fc.AsyncCommand<Model, Real> {
  readonly who: keyof People;
  readonly decision: 'approve' | 'deny';
  readonly exact: boolean;

  constructor(who: keyof People, decision: 'approve' | 'deny', exact: boolean) {
    this.who = who;
    this.decision = decision;
    this.exact = exact;
  }

  check = () => true;

  async run(model: Model, { world, people, asked }: Real) {
    const digest = this.exact ? asked.digest : `sha256:${'0'.repeat(64)}`;
    const done = await attempt(world.answer(people[this.who], { ...asked, digest }, this.decision));
    const may = this.who === 'approver' || this.who === 'second';
    expect(done).toBe(may && this.exact && model.state === 'pending' && model.secondsLeft > 0);
    if (done) model.state = this.decision === 'approve' ? 'approved' : 'denied';
    await agrees(model, world, asked);
  }

  toString = () => `${this.who} ${this.decision}${this.exact ? '' : ' (other digest)'}`;
}

class Cancel implements fc.AsyncCommand<Model, Real> {
  readonly who: keyof People;

  constructor(who: keyof People) {
    this.who = who;
  }

  check = () => true;

  async run(model: Model, { world, people, asked }: Real) {
    const caller = callerOf(people[this.who], world.now());
    const done = await attempt(cancelRequest(world.deps, caller, { id: asked.id ?? '' }));
    expect(done).toBe(this.who === 'requester' && model.state === 'pending' && model.secondsLeft > 0);
    if (done) model.state = 'cancelled';
    await agrees(model, world, asked);
  }

  toString = () => `${this.who} cancels`;
}

class Pass implements fc.AsyncCommand<Model, Real> {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  check = () => true;

  async run(model: Model, { world, asked }: Real) {
    world.move(this.seconds);
    model.secondsLeft -= this.seconds;
    const done = await expireRequest(world.deps, { requestId: asked.id ?? '' });
    expect(done).toBe(model.state === 'pending' && model.secondsLeft <= 0);
    if (done) model.state = 'expired';
    await agrees(model, world, asked);
  }

  toString = () => `${this.seconds} s pass, the expiry job runs`;
}

async function agrees(model: Model, world: World, asked: SubmittedView) {
  const { rows } = await world.root.query<{ state: string }>('SELECT state FROM requests WHERE id = $1', [
    asked.id,
  ]);
  expect(rows[0]?.state).toBe(model.state);
  expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(
    model.state === 'approved' ? 1 : 0,
  );
  const kinds = (await world.kinds(asked.id)).filter((kind) => kind.startsWith('request.'));
  expect(kinds.toSorted()).toEqual(
    ['request.submitted', ...(model.state === 'pending' ? [] : [`request.${model.state}`])].toSorted(),
  );
}

/** Runs that many sequences of reviews, cancellations and time against the model of one request. */
export async function keepsToTheModel(world: World, numRuns: number): Promise<void> {
  const people: People = {
    // The requester is an approver too, so that only the rule against one's own holds them back.
    requester: await world.person('Rae', ['engineers', 'approvers']),
    approver: await world.person('Aron', ['approvers']),
    second: await world.person('Sia', ['approvers']),
    outsider: await world.person('Otto', ['engineers']),
  };
  const who = fc.constantFrom('requester', 'approver', 'second', 'outsider');
  const rarely = fc.integer({ min: 0, max: 3 }).map((n) => n > 0);
  const commands = [
    fc.tuple(who, fc.constantFrom('approve', 'deny'), rarely).map((args) => new Review(...args)),
    who.map((person) => new Cancel(person)),
    fc.constantFrom(1, 43_200, 86_399).map((seconds) => new Pass(seconds)),
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 10 }), async (sequence) => {
      const asked = await world.ask(people.requester);
      await fc.asyncModelRun(
        (): { model: Model; real: Real } => ({
          model: { state: 'pending', secondsLeft: 86_400 },
          real: { world, people, asked },
        }),
        sequence,
      );
    }),
    { numRuns },
  );
}
