import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The script behind `npm test`: `node test/support/run.ts [--long | --browser] [arguments for vitest]`. */

const root = resolve(import.meta.dirname, '../..');
const selections = ['long', 'browser'] as const;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { status: string }[];
  }[];
}

/** Passed and failed tests; a file that broke before its first test counts as one that failed. */
async function count(reportFile: string): Promise<{ passed: number; failed: number } | undefined> {
  const text = await readFile(reportFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const report = JSON.parse(text) as Report;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}

async function vitest(selection: string, compiled: string, args: readonly string[]): Promise<number> {
  const main = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const child = spawn(process.execPath, [main, 'run', ...args], {
    cwd: root,
    stdio: 'inherit',
    // Hundreds of processes load the same modules: what one has compiled the others take (Node.js, module.enableCompileCache).
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, TEST_SELECTION: selection },
  });
  // Ctrl-C reaches vitest too; this process waits for it to stop the database and to report.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGTERM') child.kill(signal);
    });
  }
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => done(code ?? 1));
  });
}

async function run(args: readonly string[]): Promise<number> {
  const [major = '0'] = process.versions.node.split('.');
  if (Number(major) < 24) {
    console.error(
      `The tests need Node 24 or newer and this is ${process.version}: run \`npm test\`, which brings its own.`,
    );
    console.error('If that says the same, run `npm ci` again with optional dependencies.');
    return 1;
  }
  const selection = selections.find((name) => args.includes(`--${name}`)) ?? 'plain';
  const rest = args.filter((arg) => !selections.some((name) => arg === `--${name}`));
  const files = (name: string) => globSync(`test/**/*.${name}.test.ts`, { cwd: root }).length;
  if (selection !== 'plain' && files(selection) === 0) {
    console.log(`There are no ${selection} tests (test/**/*.${selection}.test.ts).\n0 passed, 0 failed`);
    return 0;
  }

  const scratch = await mkdtemp(join(tmpdir(), 'daypass-report-'));
  try {
    const report = join(scratch, 'report.json');
    const code = await vitest(selection, join(scratch, 'compiled'), [
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...rest,
    ]);
    if (selection === 'plain') {
      for (const name of selections) {
        console.log(`Skipped ${files(name)} ${name} test files: npm run test:${name}`);
      }
    }
    const counted = await count(report);
    if (counted === undefined) console.error('The tests did not run to their end.');
    else if (code !== 0 && counted.failed === 0)
      console.error(`No test failed, but vitest ended with ${code}: see above.`);
    console.log(`${counted?.passed ?? 0} passed, ${counted?.failed ?? 0} failed`);
    return code === 0 && counted === undefined ? 1 : code;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await run(process.argv.slice(2));
