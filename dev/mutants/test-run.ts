import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** How one run of tests ended; tests are named `file: name`, with the file from the root of the tree. */
export interface TestRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Files that broke before a test could fail, with the reason. */
  readonly broken: readonly string[];
}

export type Verdict =
  | { readonly is: 'found'; readonly by: readonly string[] }
  | { readonly is: 'survived' }
  /** The change does not run, so that nothing is known about the tests. */
  | { readonly is: 'broken'; readonly why: string };

const limitMs = 300_000;

/** Reads the report of a run in the tree at `root`. */
export function readRun(report: Report, root: string): TestRun {
  const files = report.testResults.map((file) => ({ ...file, name: relative(root, file.name) }));
  const named = (status: string) =>
    files.flatMap(({ name, assertionResults }) =>
      assertionResults.filter((one) => one.status === status).map((one) => `${name}: ${one.fullName}`),
    );
  const broken = files
    .filter((file) => file.status === 'failed' && file.assertionResults.every((r) => r.status !== 'failed'))
    .map((file) => `${file.name}: ${file.message?.split('\n')[0] ?? 'it did not load'}`);
  return { passed: named('passed'), failed: named('failed'), broken };
}

/**
 * Was the mutant found? A test that fails without it too has found nothing, nor has one that fails by chance beside the
 * expected one; and a run in which nothing passes any more says only that the change broke everything.
 * @param foundBy name, or part of it, of the test that must fail
 * @param failing tests that fail without any mutation
 */
export function judge(run: TestRun, foundBy: string, failing: ReadonlySet<string> = new Set()): Verdict {
  const [reason] = run.broken;
  if (reason !== undefined) return { is: 'broken', why: reason };
  if (run.passed.length + run.failed.length === 0) return { is: 'broken', why: 'no test ran' };
  if ([...failing].some((name) => name.includes(foundBy))) {
    return { is: 'broken', why: `the test that must find it fails without it too: ${foundBy}` };
  }
  const by = run.failed.filter((name) => !failing.has(name));
  const expected = by.filter((name) => name.includes(foundBy));
  if (expected.length === 0) return { is: 'survived' };
  if (run.passed.length === 0) {
    return { is: 'broken', why: 'every test fails: the change breaks more than one protection' };
  }
  return { is: 'found', by: [...expected, ...by.filter((name) => !expected.includes(name))] };
}

/**
 * Runs test files in the tree at `root` and waits for the end. Rejects when vitest ends without a report, as when the
 * migrations fail, or takes longer than five minutes.
 */
export async function runTests(root: string, files: readonly string[]): Promise<TestRun> {
  const main = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const reportFile = join(root, 'mutant-report.json');
  const args = [main, 'run', '--reporter=json', `--outputFile=${reportFile}`, ...files];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TEST_SELECTION: 'plain', NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000);
    });
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGTERM');
  }, limitMs);
  try {
    await new Promise<void>((done, fail) => {
      child.once('error', fail);
      child.once('close', () => done());
    });
  } finally {
    clearTimeout(timer);
  }
  if (late) throw new Error(`the tests took longer than ${limitMs / 1000} s`);
  const text = await readFile(reportFile, 'utf8').catch(() => null);
  if (text === null) throw new Error(`vitest ended without a report:\n${output.trim()}`);
  return readRun(JSON.parse(text) as Report, root);
}
