/** One thing that is looked after again and again: what is due by its row, whether or not its job ran. */
export interface Sweep {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

export interface Sweeper {
  /** Runs every sweep once, now; waits for a round that is under way first. */
  sweepNow(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs the sweeps one after the other, then again `everyMs` milliseconds after the last one ended. A sweep that fails is
 * reported and stops no other.
 */
export function startSweeper(
  sweeps: readonly Sweep[],
  everyMs: number,
  onError: (sweep: string, error: unknown) => void,
): Sweeper {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const runAll = async () => {
    for (const sweep of sweeps) {
      if (stopped) return;
      await sweep.run().catch((error: unknown) => onError(sweep.name, error));
    }
  };
  const sweepNow = () => {
    round = round.then(runAll);
    return round;
  };
  const schedule = () => {
    timer = setTimeout(() => void sweepNow().then(() => (stopped ? undefined : schedule())), everyMs);
  };
  schedule();
  return {
    sweepNow,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
