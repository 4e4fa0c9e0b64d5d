import { type AwsFault, awsFault } from '../../aws/fault.ts';

/** What was read, or why it could not be. */
export type Seen<T> =
  | { readonly seen: true; readonly value: T }
  /** `refused`: AWS answered no. Otherwise it gave no answer that says anything. */
  | { readonly seen: false; readonly refused: boolean; readonly why: string };

export interface Patience {
  /** Waits, in milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** From 0 to 1: many that are throttled together do not come back together. */
  readonly random: () => number;
  /** True: nothing more is to be asked, because the process stops. */
  readonly stopping?: () => boolean;
}

/** Reads from one part of AWS. */
export type See = <T>(read: () => Promise<T>) => Promise<Seen<T>>;

const tries = 5;
const firstPauseMs = 500;

/**
 * Makes a way of reading from one part of AWS that never rejects. What is throttled is tried again after pauses that double.
 * Once that part is out of reach, or goes on throttling, nothing more is asked of it.
 */
export function createSee({ pause, random, stopping }: Patience): See {
  let down: AwsFault | null = null;
  return async (read) => {
    if (down !== null) return unseen(down);
    for (let attempt = 1; ; attempt++) {
      if (stopping?.() === true) return { seen: false, refused: false, why: 'Daypass stopped meanwhile' };
      try {
        return { seen: true, value: await read() };
      } catch (error) {
        const fault = awsFault(error);
        if (fault.kind === 'throttled' && attempt < tries) {
          await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + random() / 2));
          continue;
        }
        if (['throttled', 'unavailable', 'unknown-outcome'].includes(fault.kind)) down = fault;
        return unseen(fault);
      }
    }
  };
}

function unseen({ kind, code }: AwsFault): Seen<never> {
  if (kind === 'throttled')
    return { seen: false, refused: false, why: `AWS allows no more calls now (${code})` };
  if (kind === 'unavailable' || kind === 'unknown-outcome')
    return { seen: false, refused: false, why: `AWS could not be reached (${code})` };
  return { seen: false, refused: true, why: `AWS refused it (${code})` };
}
