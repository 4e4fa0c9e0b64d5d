/** Where a command writes, and whether somebody is there to answer. */
export interface Terminal {
  /** Results. With --json, one JSON value and nothing else. */
  out(text: string): void;
  /** Everything said beside the result. Never a secret. */
  err(text: string): void;
  /** Somebody can be asked: stdin and stderr are a terminal. */
  readonly person: boolean;
  /** Width of that terminal, in characters; undefined where there is none. */
  readonly columns?: number | undefined;
  /** Width of the terminal that results are read on; undefined where they go to a file or a program. */
  readonly outColumns?: number | undefined;
}

export function processTerminal(): Terminal {
  // A reader that went away (`| head`) has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    person: process.stdin.isTTY && process.stderr.isTTY,
    columns: process.stderr.columns,
    outColumns: process.stdout.isTTY ? process.stdout.columns || undefined : undefined,
  };
}
