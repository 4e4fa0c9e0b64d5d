import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shellQuote } from '../../src/cli/shell-quote.ts';

/**
 * Runs a command on a terminal of its own, through `script`, which every Linux has (util-linux) and every macOS. Returns its
 * exit code and all that appeared on the terminal.
 */
export async function runOnTerminal(
  command: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; shown: string }> {
  const args =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...command]
      : ['-qec', command.map(shellQuote).join(' '), '/dev/null'];
  // Its input stays open: at the end of it the terminal would be gone.
  const child = spawn('script', args, { env: { ...env, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'pipe'] });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, shown };
}
