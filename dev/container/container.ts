import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from './build.ts';

/**
 * Takes every right to write away from everything in the image. That binds whoever is not root; `runIn` sees to it that
 * nothing runs as root.
 */
export async function makeReadOnly(image: Image): Promise<void> {
  await eachEntry(image.root, (path, mode) => chmod(path, mode & ~0o222));
}

/** Gives the owner the right to write back, so that the image can be removed. */
export async function makeWritable(image: Image): Promise<void> {
  await chmod(image.root, 0o755);
  await eachEntry(image.root, (path, mode) => chmod(path, mode | 0o200));
}

// Folders before what is in them, so that a folder can be entered by then.
async function eachEntry(path: string, visit: (path: string, mode: number) => Promise<void>): Promise<void> {
  const entry = await lstat(path);
  if (entry.isSymbolicLink()) return;
  await visit(path, entry.mode & 0o7777);
  if (!entry.isDirectory()) return;
  for (const name of await readdir(path)) await eachEntry(join(path, name), visit);
}

/**
 * Starts `command` as a container of `image` would: in its folder, with its environment and `environment` alone, as its user
 * where this process is root and as the caller otherwise. No file can be written: not in the image, by the rights of its
 * files, and not outside of it, by Node's permission model, which every Node process in it runs under. What it does not show:
 * that the files outside of the image can be done without, since `/` is the machine's.
 */
export function runIn(
  image: Image,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program = '', ...args] = command;
  const bin = join(image.root, 'usr/local/bin');
  return spawn(program === 'node' ? join(bin, 'node') : program, args, {
    cwd: join(image.root, image.workdir),
    env: {
      PATH: bin,
      HOME: join(image.root, 'home'),
      TMPDIR: join(image.root, 'tmp'),
      NODE_OPTIONS: '--permission --allow-fs-read=*',
      ...image.env,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(process.getuid?.() === 0 && image.user !== null ? image.user : {}),
  });
}

/** Runs `command` to its end. */
export async function runToEnd(
  image: Image,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = runIn(image, command, environment);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
