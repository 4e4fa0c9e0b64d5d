import type { Command } from 'commander';
import type { Context, Environment } from './context.ts';
import type { Terminal } from './terminal.ts';

/** What a run of the command has around it. */
export interface Surroundings {
  readonly env: Environment;
  readonly terminal: Terminal;
  now(): Date;
  /** See Context. */
  later(milliseconds: number, run: () => void): () => void;
}

/** A command's own part: its exit code, or nothing for 0. */
export type Run = (context: Context) => Promise<number | void>;

/** What the parts of the program register their commands with. */
export interface Registry {
  /** Adds a command that takes --json and --url. */
  add(parent: Command, usage: string, description: string): Command;
  /** Runs a command's part with what its options said. */
  run(command: Command, part: Run): Promise<void>;
  now(): Date;
}
