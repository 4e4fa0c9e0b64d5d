import { Gauge } from 'prom-client';
import type { Clock } from '../db/clock.ts';

// However often and by how many it is scraped, the database is asked once in this time.
const freshForMs = 5_000;

/** Gauges of what `read` counts in the database: read once in five seconds, together for all who ask. */
export function measuredGauges<M>(clock: Clock, read: (now: Date) => Promise<M>) {
  const measures = kept(clock, read);
  return (name: string, help: string, of: (measured: M) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        const measured = await measures();
        // What is not known is no number: 0 would say that all is well.
        this.set(measured === null ? Number.NaN : of(measured));
      },
    });
}

/** Null while the database cannot be asked. */
function kept<M>(clock: Clock, read: (now: Date) => Promise<M>): () => Promise<M | null> {
  let last: Promise<M | null> = Promise.resolve(null);
  let at = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock();
    if (now.getTime() - at >= freshForMs || now.getTime() < at) {
      at = now.getTime();
      last = read(now).catch(() => null);
    }
    return last;
  };
}
