import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { underLock } from '../../src/cli/cache/lock.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-lock-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nothing = () => undefined;

test('one works at a time, and what one has found is what the others get', async () => {
  const path = join(folder, 'one.lock');
  let working = 0;
  let found: number | undefined;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      underLock(
        path,
        () => found,
        async () => {
          working += 1;
          expect(working).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          working -= 1;
          found = index;
          return index;
        },
      ),
    ),
  );
  expect(new Set(answers).size).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('work that fails gives the lock back', async () => {
  const path = join(folder, 'fails.lock');
  await expect(underLock(path, nothing, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await underLock(path, nothing, () => Promise.resolve(1))).toBe(1);
});

test('the lock of a process that is gone is taken over, by one of those who wait', async () => {
  const path = join(folder, 'dead.lock');
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  await writeFile(path, JSON.stringify({ host: hostname(), pid: child.pid, id: 'gone' }));
  let found: number | undefined;
  let works = 0;
  const work = () => {
    works += 1;
    found = works;
    return Promise.resolve(works);
  };
  await Promise.all(Array.from({ length: 10 }, () => underLock(path, () => found, work)));
  expect(works).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a living process, of another machine, or one that cannot be read is waited for', async () => {
  const held = [
    JSON.stringify({ host: hostname(), pid: process.pid, id: 'alive' }),
    JSON.stringify({ host: `not-${hostname()}`, pid: 1, id: 'elsewhere' }),
    '',
    'null',
  ];
  for (const [index, content] of held.entries()) {
    const path = join(folder, `held-${index}.lock`);
    await writeFile(path, content);
    let looks = 0;
    const look = () => (++looks > 4 ? 'found' : undefined);
    const answer = underLock(path, look, () => Promise.resolve('worked'));
    expect(await answer, content).toBe('found');
    await rm(path);
  }
});

test('where no lock can be made the work is done all the same', async () => {
  await writeFile(join(folder, 'a-file'), '');
  expect(await underLock(join(folder, 'a-file/x.lock'), nothing, () => Promise.resolve(1))).toBe(1);
});
