import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import type { Answer, Person } from '../../demo/person.ts';
import type { Replica, Stack } from '../../demo/stack.ts';

/** Two Daypass processes on one database, of which any may be dead at any time. */
export interface Cluster {
  /** How often one was killed. */
  readonly kills: { first: number; second: number };
  /** Calls one of the two as this person; rejects when that one is away. */
  call(person: Person, method: 'GET' | 'POST', path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Kills one of them after another at random moments, and starts it again, until told to stop. Both run afterwards. */
  killUntil(stopping: () => boolean): Promise<void>;
}

/** @param everyMs how long to wait between two kills, in milliseconds */
export async function startCluster(
  stack: Stack,
  random: () => number,
  everyMs: () => number,
): Promise<Cluster> {
  let second: Replica = await stack.startReplica();
  const kills = { first: 0, second: 0 };
  const kill = async (process: ChildProcess): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null)
      throw new Error(`Daypass ended by itself: ${process.exitCode ?? process.signalCode}`);
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  };
  return {
    kills,
    async call(person, method, path, body, key) {
      const url = random() < 0.5 ? stack.url : second.url;
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${person.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const parsed = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      return { status: answer.status, headers: answer.headers, body: parsed };
    },
    async killUntil(stopping) {
      while (!stopping()) {
        await pause(everyMs());
        if (stopping()) return;
        if (random() < 0.5) {
          await kill(stack.daypass);
          kills.first++;
          await stack.restart();
        } else {
          await kill(second.process);
          kills.second++;
          second = await stack.startReplica();
        }
      }
    },
  };
}
