import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a script of this folder in a process of its own; the order goes in as JSON, the answer comes out as JSON. */
export async function runScript<T>(
  file: 'floor.ts' | 'load.ts',
  order: unknown,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let answer = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => void (answer += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (complaint += chunk.toString()));
  child.stdin.end(JSON.stringify(order));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`dev/bench/${file} ended with ${code}: ${complaint.slice(-2_000)}`);
  return JSON.parse(answer) as T;
}

/** Resident memory of a process in bytes. */
async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout.trim()) * 1024;
}

export interface MemoryWatch {
  /** The most that any one of the processes was seen to hold, in bytes. */
  stop(): Promise<number>;
}

/** Looks at the memory of these processes four times a second. */
export function watchMemory(pids: readonly number[]): MemoryWatch {
  let most = 0;
  const look = async () => {
    for (const pid of pids) most = Math.max(most, await residentBytes(pid));
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, 250);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      return most;
    },
  };
}
