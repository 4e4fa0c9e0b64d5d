import type { Socket } from 'node:net';
import type pg from 'pg';

type Query = (...args: readonly unknown[]) => unknown;

/**
 * Makes a connection send what is asked in one go (BEGIN and the first read, reads side by side, the last writes and COMMIT)
 * in one packet instead of one each. Their order stays. Needs pg's pipeline mode, which does not wait for an answer before
 * it sends the next statement (PostgreSQL manual, 54.2.4 Pipelining).
 */
export function sendTogether(client: pg.ClientBase): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  const query = client.query.bind(client) as Query;
  let held = false;
  const together: Query = (...args) => {
    if (!held) {
      held = true;
      stream.cork();
      process.nextTick(() => {
        held = false;
        stream.uncork();
      });
    }
    return query(...args);
  };
  client.query = together as typeof client.query;
}
