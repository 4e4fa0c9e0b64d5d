import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCatalog, catalogText } from './bench/catalog.ts';
import { measureCli } from './bench/cli.ts';
import { goals, reportText } from './bench/report.ts';
import { runBench } from './bench/run.ts';

// `npm run bench`: what Daypass does in a second beside the physical floor of the same run. See docs/performance.md.
//   -- --quick  a minute instead of several     -- --json  one line of JSON on stdout, the rest on stderr
//   -- --catalog  decisions and lists with a catalog of 10,000 entitlements and 100,000 people, and nothing else
//   -- --profile <folder>  CPU profiles of the Daypass processes (slower: compare no figures with those of other runs)

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    catalog: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
if (values.catalog) {
  const figures = await benchCatalog(values.quick, (text) => process.stderr.write(`  ${text}\n`));
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `\n${catalogText(figures)}\n`);
  process.exit();
}
const profile = values.profile === undefined ? null : resolve(values.profile);
if (profile !== null) await mkdir(profile, { recursive: true });

// What is measured is what the container image runs: compiled code.
execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: new URL('../', import.meta.url),
  stdio: ['ignore', 2, 2],
});
const rounds = await runBench({
  program: 'dist/main.js',
  ...(values.quick
    ? { seconds: 2, warmUpSeconds: 1, clients: [1, 8], processes: [1], starts: 1 }
    : { seconds: 4, warmUpSeconds: 1.5, clients: [1, 8, 32], processes: [1, 2], starts: 3 }),
  onStep: (text) => process.stderr.write(`  ${text}\n`),
  ...(profile === null ? {} : { environment: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` } }),
});
const results = { ...rounds, cli: await measureCli(values.quick ? 10 : 30) };
const written = { ...results, goals: goals(results) };
await writeFile(new URL('../bench.json', import.meta.url), `${JSON.stringify(written)}\n`);
process.stdout.write(values.json ? `${JSON.stringify(written)}\n` : `\n${reportText(results)}\n`);
