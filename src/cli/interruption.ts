import type { Context } from './context.ts';
import { exitCodes } from './exit.ts';

/**
 * Does something long. Ctrl-C meanwhile ends the command at once, with one line on stderr that says how things stand, and with
 * 130 as shells have it.
 */
export async function unlessInterrupted<T>(
  context: Context,
  standing: string,
  work: () => Promise<T>,
): Promise<T> {
  const stop = () => {
    // The line of progress makes room for it.
    context.terminal.err(`${context.terminal.person ? '\r\u001b[2K' : ''}daypass: ${standing}\n`);
    process.exit(exitCodes.cancelled);
  };
  process.once('SIGINT', stop);
  try {
    return await work();
  } finally {
    process.off('SIGINT', stop);
  }
}
