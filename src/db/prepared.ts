import type pg from 'pg';

// Statements used this often are prepared. Texts of rare ones, such as lists with unusual filters, are not kept.
const usesBefore = 3;
// Each prepared statement costs memory in every connection of the server.
const mostPrepared = 200;
const mostCounted = 2_000;

/**
 * Names statements so that pg prepares them (PostgreSQL manual, PREPARE): the server then parses a text once for each
 * connection and soon keeps its plan, instead of doing both at every call.
 */
export class StatementNames {
  readonly #uses = new Map<string, number>();
  readonly #names = new Map<string, string>();

  /** The name of this text, the same every time; undefined while it is to be sent without one. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= mostPrepared) return name;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses <= usesBefore) {
      if (this.#uses.size >= mostCounted) this.#uses.clear();
      this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    const given = `daypass_${this.#names.size + 1}`;
    this.#names.set(text, given);
    return given;
  }
}

type Query = (...args: readonly unknown[]) => unknown;

/** Makes a connection prepare what it is often asked. Statements without parameters (BEGIN, COMMIT) stay as they are. */
export function prepareStatements(client: pg.ClientBase, names: StatementNames): void {
  const query = client.query.bind(client) as Query;
  const named: Query = (config, values, ...rest) => {
    if (!Array.isArray(values) || values.length === 0 || !isUnnamed(config))
      return query(config, values, ...rest);
    const name = names.nameOf(config.text);
    return query(name === undefined ? config : { ...config, name }, values, ...rest);
  };
  client.query = named as typeof client.query;
}

function isUnnamed(config: unknown): config is { readonly text: string } {
  return (
    typeof config === 'object' &&
    config !== null &&
    'text' in config &&
    typeof config.text === 'string' &&
    (!('name' in config) || config.name === undefined)
  );
}
