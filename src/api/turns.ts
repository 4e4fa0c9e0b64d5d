import { Refusal } from '../refusal.ts';

/** Runs pieces of work for people, a bounded number at once. */
export interface Turns {
  /** Runs `work` when its turn comes. Throws Refusal `rate_limited` when too much of this person's waits already. */
  run<T>(personId: string, work: () => Promise<T>): Promise<T>;
}

// One person's documents of GraphQL, each with as many fields as it may have, fit in; more is no person at work.
const mostWaiting = 60;

/**
 * At most `atOnce` pieces run at a time, of whomever; the others wait. People take turns: however much one of them has waiting,
 * everybody else's next piece waits for one of theirs only. It bounds what lists and GraphQL take of the database, in this
 * process.
 */
export function createTurns(atOnce: number): Turns {
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;

  const next = () => {
    const [first] = waiting;
    if (first === undefined || running >= atOnce) return;
    const [personId, [start, ...rest]] = first;
    waiting.delete(personId);
    // To the end of the line with what is left: a Map keeps the order in which its keys came.
    if (rest.length > 0) waiting.set(personId, rest);
    running += 1;
    start?.();
  };

  return {
    async run(personId, work) {
      const mine = waiting.get(personId) ?? [];
      if (mine.length >= mostWaiting) throw tooMuchAtOnce();
      await new Promise<void>((start) => {
        waiting.set(personId, [...mine, start]);
        next();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        next();
      }
    },
  };
}

/** Counts what each person has under way, and refuses more than `most`. */
export function createAtOnce(most: number) {
  const underWay = new Map<string, number>();
  return async <T>(personId: string, work: () => Promise<T>): Promise<T> => {
    const mine = underWay.get(personId) ?? 0;
    if (mine >= most) throw tooMuchAtOnce();
    underWay.set(personId, mine + 1);
    try {
      return await work();
    } finally {
      const left = (underWay.get(personId) ?? 1) - 1;
      if (left === 0) underWay.delete(personId);
      else underWay.set(personId, left);
    }
  };
}

function tooMuchAtOnce(): Refusal {
  return new Refusal('rate_limited', 'Too many of your calls run at once. Wait for them and try again.', {
    retryAfterSeconds: 1,
  });
}
