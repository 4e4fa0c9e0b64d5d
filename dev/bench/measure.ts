/** What one measured run of some clients gave. Latencies are in milliseconds, by step, in the order they ended. */
export interface Measured {
  /** How often the whole was done. */
  readonly done: number;
  /** From the first start to the last end. */
  readonly seconds: number;
  /** How often it was done before, to warm up. */
  readonly warmUpDone: number;
  readonly steps: Readonly<Record<string, readonly number[]>>;
}

export interface Load {
  /** How many do it over and over at the same time. */
  readonly clients: number;
  readonly seconds: number;
  /** Run before and thrown away: just-in-time compilation, connections, caches. */
  readonly warmUpSeconds: number;
}

/** Runs one named step and notes how long it took. */
export type Step = <T>(name: string, run: () => Promise<T>) => Promise<T>;

/** The step that stands for the whole of what is done once. */
export const whole = 'whole';

/**
 * Lets `clients` do `once` over and over. What was begun within the time is finished and counted, and the time runs until
 * the last of it, so nothing slow is left out. The first error ends the run.
 */
export async function measure(
  load: Load,
  once: (step: Step, client: number, turn: number) => Promise<void>,
): Promise<Measured> {
  const warmUp = load.warmUpSeconds > 0 ? await runFor(load.clients, load.warmUpSeconds, once) : null;
  return { ...(await runFor(load.clients, load.seconds, once)), warmUpDone: warmUp?.done ?? 0 };
}

async function runFor(
  clients: number,
  seconds: number,
  once: (step: Step, client: number, turn: number) => Promise<void>,
): Promise<Omit<Measured, 'warmUpDone'>> {
  const steps: Record<string, number[]> = {};
  const step: Step = async (name, run) => {
    const began = performance.now();
    const result = await run();
    (steps[name] ??= []).push(Math.round((performance.now() - began) * 1000) / 1000);
    return result;
  };
  const began = performance.now();
  const until = began + seconds * 1000;
  let failed = false;
  const client = async (_: unknown, number: number): Promise<void> => {
    for (let turn = 0; turn === 0 || (performance.now() < until && !failed); turn++) {
      try {
        await step(whole, () => once(step, number, turn));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { done: steps[whole]?.length ?? 0, seconds: (performance.now() - began) / 1000, steps };
}

/** Several runs at the same time, as one. */
export function together(runs: readonly Measured[]): Measured {
  const steps: Record<string, number[]> = {};
  for (const run of runs) {
    for (const [name, latencies] of Object.entries(run.steps)) (steps[name] ??= []).push(...latencies);
  }
  return {
    done: runs.reduce((sum, run) => sum + run.done, 0),
    seconds: Math.max(...runs.map((run) => run.seconds)),
    warmUpDone: runs.reduce((sum, run) => sum + run.warmUpDone, 0),
    steps,
  };
}

/** The value that `share` (0 to 1) of all values do not exceed (nearest rank); NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
