import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shellQuote } from '../../src/cli/shell-quote.ts';

/**
 * Runs a command on a terminal of its own, through `script`, which every Linux has (util-linux) and every macOS. Returns its
 * exit code and all that appeared on the terminal. What is to be typed is typed one after the other, each once the words that
 * ask for it have appeared.
 */
export async function runOnTerminal(
  command: readonly string[],
  env: Record<string, string>,
  typing: readonly { readonly after: string; readonly type: string }[] = [],
): Promise<{ code: number | null; shown: string }> {
  // Wide enough that no question is broken.
  const line = `stty cols 100 rows 40; exec ${command.map(shellQuote).join(' ')}`;
  const args =
    process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', line] : ['-qec', line, '/dev/null'];
  // Its input stays open: at the end of it the terminal would be gone.
  const child = spawn('script', args, { env: { ...env, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'pipe'] });
  let shown = '';
  const waiting = [...typing];
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = waiting;
    const at = next === undefined ? -1 : shown.indexOf(next.after, seen);
    if (next === undefined || at === -1) return;
    waiting.shift();
    seen = at + next.after.length;
    child.stdin.write(next.type);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, shown };
}
