import { readFileSync } from 'node:fs';

/** Fields of proc_pid_stat(5) from the third, the state, on; undefined where there is no /proc or no such process. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Whether a process runs. One that has ended counts as gone even while nobody has collected its status. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // In a container the first process, which inherits orphans, may never collect them: they stay zombies.
  const state = statFields(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** Start of a process in clock ticks since boot, which tells it from a later one with the same pid; null where unknown. */
export function startOf(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}
