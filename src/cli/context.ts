import { printableJson } from './display/printable.ts';
import type { Terminal } from './terminal.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command is given. */
export interface Context {
  readonly env: Environment;
  readonly terminal: Terminal;
  now(): Date;
  /** Runs something after so many milliseconds, should the process live so long; returns what calls it off. */
  later(milliseconds: number, run: () => void): () => void;
  /** --json: machine output on stdout. */
  readonly json: boolean;
  /** --url, when given. */
  readonly url: string | undefined;
}

/** Prints the result: as JSON with --json, else as the text that `people` makes. */
export function show(context: Context, value: unknown, people: () => string): void {
  context.terminal.out(context.json ? `${printableJson(value)}\n` : people());
}
