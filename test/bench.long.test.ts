import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { measureCli } from '../dev/bench/cli.ts';
import { measure, percentile, together, whole } from '../dev/bench/measure.ts';
import { goals, reportText, type Results } from '../dev/bench/report.ts';
import { runBench } from '../dev/bench/run.ts';
import { Templates } from '../dev/bench/template.ts';

test('the bench runs both scenarios beside a floor that makes the same steps', {
  timeout: 120_000,
}, async () => {
  const measured = await runBench({
    program: 'src/main.ts',
    seconds: 0.2,
    warmUpSeconds: 0,
    clients: [2],
    processes: [1],
    starts: 1,
    onStep: () => undefined,
  });
  const cli = await measureCli(1);
  expect(cli.builtRatio).toBeGreaterThan(0);
  const results = { ...measured, cli };
  expect(results.readyMs).toHaveLength(1);
  const [lifecycles, credentials] = results.rounds;
  for (const side of [lifecycles?.daypass, lifecycles?.floor]) {
    expect(Object.keys(side?.steps ?? {})).toEqual(['ask', 'approve', 'credentials', 'end', whole]);
    expect(side?.done).toBeGreaterThanOrEqual(2);
  }
  expect(credentials?.scenario).toBe('credentials');
  expect(credentials?.floor.done).toBeGreaterThanOrEqual(2);
  // The floor writes about as much as Daypass does, or it is no floor of it.
  expect(lifecycles?.walBytes.floor).toBeGreaterThan(10_000);
  expect(goals(results)).toHaveLength(6);
  expect(reportText(results)).toContain('lifecycles');
});

test('the floor is a script of at most 60 lines', async () => {
  const text = await readFile(new URL('../dev/bench/floor.ts', import.meta.url), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
});

test('a percentile is the value that its share of all values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

test('what was begun in time is counted, and one error ends the run', async () => {
  const load = { clients: 3, seconds: 0, warmUpSeconds: 0 };
  const measured = await measure(load, (step) => step('one', async () => undefined));
  expect(measured.done).toBe(3);
  expect(measured.steps['one']).toHaveLength(3);
  await expect(measure(load, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('two processes of one run count together, over the longer time', () => {
  const of = (done: number, seconds: number, latency: number) => ({
    done,
    seconds,
    warmUpDone: 1,
    steps: { [whole]: [latency] },
  });
  expect(together([of(2, 1, 5), of(3, 2, 6)])).toEqual({
    done: 5,
    seconds: 2,
    warmUpDone: 2,
    steps: { [whole]: [5, 6] },
  });
});

test('a goal is judged by the worst round', () => {
  const run = (done: number, latency: number) => ({
    done,
    seconds: 1,
    warmUpDone: 0,
    steps: { [whole]: [latency] },
  });
  const round = (scenario: 'lifecycles' | 'credentials', done: number, latency: number) => ({
    scenario,
    processes: 1,
    clients: 1,
    daypass: run(done, latency),
    floor: run(100, 10),
    walBytes: { daypass: 1, floor: 1 },
    memoryBytes: 150_000_000,
  });
  const results: Results = {
    machine: {},
    settings: {},
    readyMs: [1000, 1400, 9000],
    idleBytes: 1,
    cli: { runs: 1, emptyMs: 20, builtMs: 40, checkoutMs: 40, builtRatio: 2, checkoutRatio: 2 },
    rounds: [round('lifecycles', 60, 20), round('lifecycles', 49, 20), round('credentials', 60, 51)],
  };
  expect(goals(results).map(({ met }) => met)).toEqual([false, true, false, true, true, false]);
});

test('ids are fresh each time and all else stays byte for byte', () => {
  const templates = new Templates();
  templates.freshen('req_1', 'req');
  templates.freshen('key', 'key');
  expect(templates.of('a req_1, key and req_1')).toEqual(['a ', 0, ', ', 1, ' and ', 0]);
  expect(templates.of(null)).toBeNull();
  expect(templates.places).toEqual(['req', 'key']);
});
