import { readFileSync } from 'node:fs';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';

// Another Daypass on the same database, whose clock is ahead by as many seconds as the argument says: what is going to be due
// by then is due now. It looks at everything by its rows, twice, and goes.

const aheadMs = Number(process.argv[2]) * 1000;
const config = readConfig({ environment: process.env, readFile: (path) => readFileSync(path, 'utf8') });
const app = await startApp(config, {
  log: createLog('error'),
  clock: () => new Date(Date.now() + aheadMs),
});
await app.sweepNow();
await app.sweepNow();
await app.stop();
