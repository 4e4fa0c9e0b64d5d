import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

// Another Daypass on the same database, whose clock is ahead by as many seconds as the argument says: what is going to be due
// by then is due now. It looks at everything by its rows until nothing is open, or for as long as anything could take, and goes.

const aheadMs = Number(process.argv[2]) * 1000;
// An assignment may have to be made to its end, deleted, and seen to be gone.
const mostSweeps = 100;
const config = readConfig({ environment: process.env, readFile: (path) => readFileSync(path, 'utf8') });
const app = await startApp(config, {
  log: createLog('error'),
  clock: () => new Date(Date.now() + aheadMs),
});
const database = new pg.Client({ connectionString: config.databaseUrl.reveal() });
await database.connect();
for (let sweeps = 0; sweeps < mostSweeps; sweeps++) {
  await app.sweepNow();
  // What does not settle is found and named by whoever looks afterwards.
  if (sweeps > 0 && !(await isAnythingOpen())) break;
  await pause(100);
}
await database.end();
await app.stop();

async function isAnythingOpen(): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT FROM grants WHERE state NOT IN ('ended', 'failed') AND (state <> 'active' OR ends_at <= $1)
     UNION ALL SELECT FROM sessions WHERE state = 'issuing'
     UNION ALL SELECT FROM denies WHERE confirmed_at IS NULL AND removed_at IS NULL AND lapses_at > $1 LIMIT 1`,
    [new Date(Date.now() + aheadMs)],
  );
  return rowCount !== 0;
}
