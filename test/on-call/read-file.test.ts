import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSmallFile } from '../../src/on-call/read-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-on-call-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is read whole, up to the limit and not one byte more', async () => {
  const path = join(folder, 'rota.ics');
  for (const length of [0, 1, 1000]) {
    await writeFile(path, 'x'.repeat(length));
    expect(Buffer.from(await readSmallFile(path, 1000)).toString()).toBe('x'.repeat(length));
  }
  await writeFile(path, 'x'.repeat(1001));
  await expect(readSmallFile(path, 1000)).rejects.toThrow('larger than 1000 bytes');
});

test('what is no file is not read, and does not keep anybody waiting', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, folder, '/dev/zero']) {
    await expect(readSmallFile(path, 1000), path).rejects.toThrow('no regular file');
  }
});

test('a file that is not there is told by its code, and its path is not', async () => {
  const error = await readSmallFile(join(folder, 'none'), 1000).catch((fault: unknown) => fault);
  expect(String(error)).toContain('ENOENT');
  expect(String(error)).not.toContain(folder);
});
