import { drizzle } from './drizzle.ts';
import type pg from 'pg';
import type { Database, Queries } from './pool.ts';

/** How a transaction begins (PostgreSQL manual, BEGIN). */
export type Begin = 'begin' | 'begin isolation level repeatable read read only';

/** A statement whose answer nobody needs. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a body works with in its transaction. */
export interface Transaction {
  readonly queries: Queries;
  /** Writes without waiting for the answer: what is asked afterwards comes after it, and nothing is committed if it fails. */
  readonly write: (query: { execute(): Promise<unknown> }) => void;
}

/**
 * Runs `body` in one transaction on a connection of its own; commits when it resolves, rolls back when it rejects. What
 * `last` returns then is sent together with COMMIT, in that order: all of it is committed or nothing is. The connection goes
 * back to the pool whatever happens, also when it broke at BEGIN (drizzle's own `transaction` would keep that one for ever,
 * until none is left); where not even ROLLBACK came through, it is closed and replaced. Rejects with the first error. After
 * an error at COMMIT it is not known whether the transaction was committed.
 */
export async function inTransaction<T>(
  db: Database,
  begin: Begin,
  body: (transaction: Transaction) => Promise<T>,
  last: () => readonly Statement[] = () => [],
): Promise<T> {
  const client = await db.$client.connect();
  const transaction = new TransactionQueries(client);
  const written: Promise<unknown>[] = [];
  const write = (answer: Promise<unknown>): void => {
    answer.catch(() => undefined);
    written.push(answer);
  };
  let unusable = false;
  try {
    const begun = transaction.begin(begin);
    write(begun);
    const result = await body({
      queries: transaction.queries,
      write: (query) => write(Promise.resolve(query.execute())),
    });
    // What follows would stand by itself if there were no transaction.
    await begun;
    transaction.end();
    for (const { text, values } of last()) write(client.query({ text }, [...values]));
    const committed = client.query('commit');
    write(committed);
    await Promise.all(written);
    // After a failed statement whose error somebody swallowed, PostgreSQL answers COMMIT with ROLLBACK and no error.
    if ((await committed).command !== 'COMMIT') throw new Error('the transaction was rolled back at its end');
    return result;
  } catch (error) {
    transaction.end();
    const answers = await Promise.allSettled(written);
    await client.query('rollback').catch(() => {
      unusable = true;
    });
    // The first error is the cause; those after it say no more than that the transaction was aborted. By the order of the
    // answers, not of the promises: of two that fail in one packet, the one asked through fewer functions is heard first.
    const reasons = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    const { failed } = transaction;
    if (failed === null) throw reasons[0] ?? error;
    throw (
      [error, ...reasons].find((reason) => reason === failed.error || isCausedBy(reason, failed.error)) ??
      failed.error
    );
  } finally {
    client.release(unusable);
  }
}

/** The typed queries of one transaction. */
class TransactionQueries {
  readonly queries: Queries;
  readonly #client: pg.PoolClient;
  /** Until BEGIN is answered. */
  #begun: Promise<unknown> | null = null;
  /** Something waits for that answer, so that everything after it does, too. */
  #waiting = false;
  #over = false;
  #failed: { readonly error: unknown } | null = null;

  constructor(client: pg.PoolClient) {
    this.#client = client;
    const query = (config: pg.QueryConfig, values: unknown[]) => this.#query(config, values);
    this.queries = drizzle({ query } as unknown as pg.PoolClient);
  }

  begin(begin: Begin): Promise<unknown> {
    const begun = this.#client.query(begin);
    this.#begun = begun;
    begun.then(
      () => (this.#begun = null),
      // Kept: what comes after fails with the same error.
      () => undefined,
    );
    return begun;
  }

  /** From here on nothing is asked any more: what a body left running would find somebody else's transaction, or none. */
  end(): void {
    this.#over = true;
  }

  /** The first statement of the body that failed. */
  get failed(): { readonly error: unknown } | null {
    return this.#failed;
  }

  async #query(config: pg.QueryConfig, values: unknown[]): Promise<unknown> {
    // A first read travels with BEGIN. A write waits for its answer: without a transaction it would stand by itself.
    const alone = this.#begun === null || (!this.#waiting && /^\s*select\b/i.test(config.text));
    if (!alone) {
      this.#waiting = true;
      await this.#begun;
    }
    if (this.#over) throw new Error('the transaction is over');
    try {
      return await this.#client.query(config, values);
    } catch (error) {
      this.#failed ??= { error };
      throw error;
    }
  }
}

// drizzle puts the driver's error into one of its own.
function isCausedBy(reason: unknown, error: unknown): boolean {
  return reason instanceof Error && reason.cause === error;
}
