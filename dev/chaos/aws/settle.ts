import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Site } from '../site.ts';

const settleLimitMs = 300_000;

/**
 * Waits until nothing is under way any more, at most five minutes: what does not settle is found and named by the checks.
 * @param lapses whether grants whose time runs out soon are waited for
 */
export async function untilSettled({ database }: Site, lapses: boolean): Promise<void> {
  const started = performance.now();
  while (performance.now() - started < settleLimitMs) {
    const { rows } = await database.query<{ open: number }>(
      `SELECT (SELECT count(*)::int FROM denies WHERE confirmed_at IS NULL AND removed_at IS NULL)
         + (SELECT count(*)::int FROM assignments WHERE operation IS NOT NULL)
         + (SELECT count(*)::int FROM grants WHERE state IN ('scheduled', 'activating', 'ending')
             OR (state = 'active' AND $1 AND ends_at - starts_at < interval '10 minutes'))
         + (SELECT count(*)::int FROM sessions WHERE state = 'issuing' AND $1) AS open`,
      [lapses],
    );
    if (rows[0]?.open === 0) return;
    await pause(250);
  }
}

/** Lets a Daypass whose clock is ahead, by so many seconds, end what is due by then. */
export async function endAhead({ stack }: Site, aheadSeconds: number): Promise<void> {
  const script = fileURLToPath(new URL('../ahead.ts', import.meta.url));
  const child = spawn(process.execPath, [script, String(aheadSeconds)], {
    env: { ...stack.environment, PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the Daypass whose clock is ahead exited with ${code}`);
}
