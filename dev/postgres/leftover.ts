import { spawnSync } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './processes.ts';

/** What a server writes about itself into its cluster (postmaster.pid). */
export interface PostmasterFile {
  readonly pid: number;
  /** True once it takes connections. */
  readonly ready: boolean;
}

/** Reads postmaster.pid; undefined when there is none, or only the beginning of one. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  // Line 1 is the pid, line 8 the status (PostgreSQL, utils/pidfile.h).
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return Number.isInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

/** Whether `pid` is a server of this very cluster: pids are given out again, and a stranger must not be stopped. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // A server's working directory is its cluster.
    return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === (await realpath(cluster));
  }
  const listed = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.includes(cluster);
}

/** Waits until `pid` is gone, at most `milliseconds`. Returns whether it is. */
async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (isRunning(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/**
 * Ends a server: fast shutdown (connections are closed), then immediate shutdown, then by force.
 * Throws when it survives all three.
 */
export async function endServer(pid: number): Promise<void> {
  const steps = [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const;
  for (const [signal, patience] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    if (await waitUntilGone(pid, patience)) return;
  }
  throw new Error(`The PostgreSQL server with process id ${pid} cannot be stopped.`);
}

/**
 * Stops a server that runs on this cluster although whoever started it is gone, and clears away a postmaster.pid that
 * names a process which is not such a server. The caller holds the data directory's lock.
 */
export async function stopLeftover(cluster: string): Promise<void> {
  const left = await readPostmasterFile(cluster);
  if (left === undefined) return;
  if (isRunning(left.pid) && (await servesCluster(left.pid, cluster))) await endServer(left.pid);
  else await rm(join(cluster, 'postmaster.pid'), { force: true });
}
