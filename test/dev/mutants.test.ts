import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMutant, readMutants } from '../../dev/mutants/patches.ts';
import { judge, readRun } from '../../dev/mutants/test-run.ts';
import { applyFault, applyMutant, firstDifference, scratchTree } from '../../dev/mutants/tree.ts';

const root = resolve(import.meta.dirname, '../..');
const patches = join(root, 'test/mutants');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-patches-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const mutants = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'dev/mutants.ts'), ...args], { cwd: root, encoding: 'utf8' });

function patch({
  file = 'src/keys/token.ts',
  removed = 'no such line',
  tests = 'test/keys/keys.test.ts',
} = {}) {
  return `Title: It is wrong\nGuarantee: 1\nTests: ${tests}\nFound by: it is right\n\n--- a/${file}\n+++ b/${file}\n@@ -1,1 +1,1 @@\n-${removed}\n+// changed\n`;
}

describe('the patches of this repository', () => {
  test('each still applies to the source as it is', () => {
    const { status, stdout, stderr } = mutants('--check-apply');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(\d+) of \1 mutants apply\n$/);
    expect(status).toBe(0);
  });

  test('each names tests that exist, and no two say the same', async () => {
    const all = await readMutants(patches);
    const ofApprovals = all.filter(({ files }) =>
      files.some((file) => /^src\/approvals|0011_approvals/.test(file)),
    );
    expect(ofApprovals.length).toBeGreaterThanOrEqual(16);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    const missing = all.flatMap(({ name, tests }) =>
      tests.filter((file) => !existsSync(join(root, file))).map((file) => `${name}: ${file}`),
    );
    expect(missing).toEqual([]);
  });
});

test('a patch that does not apply is named, with a failing exit', async () => {
  await writeFile(join(folder, 'stale.patch'), patch());
  const { status, stderr } = mutants('--check-apply', '--folder', folder);
  expect(stderr).toContain('stale does not apply');
  expect(stderr).toContain('src/keys/token.ts');
  expect(status).toBe(1);
});

test('a name that no mutant has, and a folder without any, are refused', async () => {
  expect(mutants('--check-apply', '--folder', folder)).toMatchObject({
    status: 1,
    stderr: 'there are no mutants\n',
  });
  await writeFile(join(folder, 'stale.patch'), patch());
  const { status, stderr } = mutants('--only', 'other', '--folder', folder);
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'no mutant is named other: see --list\n' });
});

test.each([
  ['Title: It is wrong\n', '"Title: …"'],
  ['Guarantee: 1\n', '"Guarantee: …"'],
  ['Tests: test/keys/keys.test.ts\n', '"Tests: <test file>"'],
  ['Found by: it is right\n', '"Found by: …"'],
])('a patch without %j is refused', (line, message) => {
  expect(() => parseMutant('a.patch', patch().replace(line, ''))).toThrow(message);
});

test('a patch of anything but src/ and migrations/ is refused', () => {
  expect(() => parseMutant('a.patch', patch({ file: 'test/keys/keys.test.ts' }))).toThrow(
    'src/ or migrations/',
  );
});

test('a mutant is applied in a copy, and the work tree keeps its files', async () => {
  const before = await readFile(join(root, 'src/keys/token.ts'), 'utf8');
  const [first = ''] = before.split('\n');
  const patchFile = join(folder, 'one.patch');
  const text =
    patch({ removed: first }).replace('@@ -1,1 +1,1 @@', '@@ -1,2 +1,2 @@') +
    ` ${before.split('\n')[1] ?? ''}\n`;
  await writeFile(patchFile, text);
  const tree = await scratchTree(root);
  try {
    expect(await applyFault(tree.root, patchFile)).toBeNull();
    const place = await applyMutant(tree.root, parseMutant(patchFile, text));
    expect(place).toEqual({ file: 'src/keys/token.ts', line: 1 });
    expect(await readFile(join(tree.root, 'src/keys/token.ts'), 'utf8')).toMatch(/^\/\/ changed\n/);
    expect(await readFile(join(root, 'src/keys/token.ts'), 'utf8')).toBe(before);
    expect(existsSync(join(tree.root, 'test/dev/mutants.test.ts'))).toBe(true);
    expect(existsSync(join(tree.root, 'node_modules/vitest/package.json'))).toBe(true);
  } finally {
    await tree.remove();
  }
  expect(existsSync(tree.root)).toBe(false);
  expect(existsSync(join(root, 'node_modules/vitest/package.json'))).toBe(true);
});

test.each([
  ['a\nb\n', 'a\nb\n', null],
  ['a\nb\n', 'a\nc\n', 2],
  ['a\n', 'a\nb\n', 2],
  ['a\nb\nc\n', 'a\nc\n', 2],
])('the first line that differs between %j and %j is %j', (before, after, line) => {
  expect(firstDifference(before, after)).toBe(line);
});

describe('what a run says of a mutant', () => {
  const file = (...statuses: string[]) => ({
    name: '/tree/test/a.test.ts',
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
  });
  const verdict = (...testResults: ReturnType<typeof file>[]) =>
    judge(readRun({ testResults }, '/tree'), 'test 1');

  test('a failing test among others found it', () => {
    expect(verdict(file('passed', 'failed'))).toEqual({ is: 'found', by: ['test/a.test.ts: test 1'] });
  });

  test('a test that fails without the mutant too has found nothing', () => {
    const run = readRun({ testResults: [file('failed', 'failed', 'passed')] }, '/tree');
    expect(judge(run, 'test 1', new Set(['test/a.test.ts: test 0']))).toEqual({
      is: 'found',
      by: ['test/a.test.ts: test 1'],
    });
    expect(judge(run, 'test 1', new Set(['test/a.test.ts: test 1'])).is).toBe('broken');
  });

  test('the expected test is named first, and another alone has found nothing', () => {
    expect(verdict(file('failed', 'failed', 'passed'))).toEqual({
      is: 'found',
      by: ['test/a.test.ts: test 1', 'test/a.test.ts: test 0'],
    });
    expect(verdict(file('failed', 'passed'))).toEqual({ is: 'survived' });
  });

  test('no failing test means that it survived', () => {
    expect(verdict(file('passed', 'passed'))).toEqual({ is: 'survived' });
  });

  test('a change that breaks everything, or keeps a file from loading, proves nothing', () => {
    expect(verdict(file('failed', 'failed')).is).toBe('broken');
    expect(verdict(file('passed', 'failed'), { ...file(), status: 'failed' }).is).toBe('broken');
    expect(verdict().is).toBe('broken');
    expect(verdict(file('skipped')).is).toBe('broken');
  });
});
