import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../demo/person.ts';

export const retryMs = 60;
const reconnectMs = 250;

/** The campaign is over: nothing more is asked. */
export class Stopped extends Error {}

export interface Persisting {
  readonly ledger: { readonly retries: { broken: number; unavailable: number } };
  readonly stopping: () => boolean;
  /** Answers, beside 503 and 429, after which it is worth another try. */
  readonly passing?: readonly number[];
}

/** Tries until Daypass answers with one of these; when it is gone or says 503 or 429, it is asked again a little later. */
export async function persist<T>(
  options: Persisting,
  accepted: readonly number[],
  call: () => Promise<Answer>,
): Promise<Answer<T>> {
  const { ledger, passing = [] } = options;
  for (;;) {
    if (options.stopping()) throw new Stopped();
    const answer = await call().catch(() => null);
    if (answer !== null && accepted.includes(answer.status)) return answer as Answer<T>;
    if (answer === null) ledger.retries.broken++;
    else if (answer.status === 503 || answer.status === 429 || passing.includes(answer.status))
      ledger.retries.unavailable++;
    else throw new Error(`answered ${answer.status} ${JSON.stringify(answer.body)}`);
    await pause(answer === null ? reconnectMs : retryMs);
  }
}
