import fc from 'fast-check';
import { expect } from 'vitest';
import { apply, type Command, perform, type Step } from './commands.ts';
import { expected, shown } from './compare.ts';
import { holdGuarantees } from './guarantees.ts';
import type { House } from './house.ts';
import { look } from './look.ts';
import { type Model, modelAtFirst, type Outcome, type Seen } from './model.ts';
import type { Observed } from './rows.ts';
import { sequences } from './sequences.ts';

/** How often each thing happened, so that a test can see that what it proves did happen. */
type Tally = Map<string, number>;

/** What must have happened for a run to say anything. */
export const happenings: readonly string[] = [
  ...['submit', 'extend', 'cancel', 'review', 'withdraw', 'end', 'delegate', 'undelegate'].flatMap((what) => [
    `${what} done`,
    `${what} refused`,
  ]),
  ...['expire', 'activate', 'finish', 'group', 'leave', 'manager', 'call', 'catalog', 'pass'].map(
    (what) => `${what} done`,
  ),
  ...['pending', 'approved by reviews', 'approved by rule', 'denied', 'cancelled', 'expired'].map(
    (state) => `request ${state}`,
  ),
  ...['scheduled', 'active', 'failed', 'ending', 'ended'].map((state) => `grant ${state}`),
  'narrowed',
  'on behalf of somebody else',
  'two at once',
];

/**
 * Runs that many random sequences against the database and the model. After every step both must be in the same state, the
 * guarantees must hold in the rows, and of two things at the same time one order must explain what became of them.
 */
export async function keepsToTheModel(house: House, numRuns: number): Promise<Tally> {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(sequences, async (steps) => {
      let model = modelAtFirst();
      await house.begin(model);
      let rows = await house.observe();
      for (const [place, step] of steps.entries()) {
        house.pass(1);
        model.now += 1;
        const happened = await happen(house, model, rows, place, step);
        ({ model, rows } = happened);
        note(tally, step, happened.outcomes, model);
      }
    }),
    { numRuns },
  );
  return tally;
}

interface Explanation {
  readonly model: Model;
  readonly outcomes: readonly Outcome[];
}

async function happen(house: House, model: Model, before: Observed, place: number, step: Step) {
  const seen = step.map((_, index) => look(model, `r${place}${'ab'.charAt(index)}`));
  const alone = step.map((command, index) => explain(model, [[command, seen[index] ?? nothing]]));
  const outcomes = await Promise.all(
    step.map((command, index) => {
      // Alone it comes by either of the two; together each has its own.
      const lane = house.lanes[step.length === 1 ? place % 2 : index] ?? house.lanes[0];
      return perform(house, lane, seen[index] ?? nothing, command, alone[index]?.model ?? model);
    }),
  );
  const rows = await house.observe();
  holdGuarantees(before, rows);
  const named = step.map((command, index): Named => [command, seen[index] ?? nothing]);
  const orders =
    step.length === 1 ? [explain(model, named)] : [explain(model, named), reversed(model, named)];
  const real = { outcomes, rows: shown(rows) };
  const found = orders.find((one) => sameAs(one, real));
  if (found === undefined) {
    const [first, second] = orders.map((one) => ({ outcomes: one.outcomes, rows: expected(one.model) }));
    expect(
      real,
      second === undefined ? undefined : `nor in the other order: ${JSON.stringify(second)}`,
    ).toEqual(first);
    throw new Error('the comparison and its explanation differ');
  }
  return { model: found.model, rows, outcomes };
}

type Named = readonly [Command, Seen];
const nothing = look(modelAtFirst(), '');

/** What the model says becomes of these, one after the other. */
function explain(model: Model, commands: readonly Named[]): Explanation {
  const outcomes: Outcome[] = [];
  let now = model;
  for (const [command, seen] of commands) {
    const next = structuredClone(now);
    const outcome = apply(next, seen, command);
    outcomes.push(outcome);
    if (outcome === 'done') now = next;
  }
  return { model: now, outcomes };
}

function reversed(model: Model, commands: readonly Named[]): Explanation {
  const { outcomes, ...rest } = explain(model, commands.toReversed());
  return { ...rest, outcomes: outcomes.toReversed() };
}

function sameAs(one: Explanation, real: { outcomes: readonly Outcome[]; rows: unknown }): boolean {
  return JSON.stringify([one.outcomes, expected(one.model)]) === JSON.stringify([real.outcomes, real.rows]);
}

function note(tally: Tally, step: Step, outcomes: readonly Outcome[], { requests }: Model): void {
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
  for (const [index, command] of step.entries()) count(`${command.do} ${outcomes[index] ?? ''}`);
  if (step.length > 1) count('two at once');
  for (const { state, basis, grants, versions, reviews } of Object.values(requests)) {
    count(`request ${state}${basis === null ? '' : ` by ${basis}`}`);
    if (versions.length > 1) count('narrowed');
    if (reviews.some(({ right }) => right !== null)) count('on behalf of somebody else');
    for (const grant of grants) count(`grant ${grant.state}`);
  }
}
