import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Mutant } from './patches.ts';

const run = promisify(execFile);

/** A copy of the work tree that can be changed and thrown away. */
export interface ScratchTree {
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Copies what git knows of the work tree, and what it would not ignore, to a new folder under the system's temporary
 * folder; node_modules is linked. Rejects outside of a git work tree.
 */
export async function scratchTree(root: string): Promise<ScratchTree> {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'daypass-mutant-')));
  const remove = () => rm(scratch, { recursive: true, force: true });
  try {
    const files = new Set(listed.stdout.split('\0').filter((file) => file !== ''));
    for (const file of files) await copyInto(scratch, root, file);
    await symlink(join(root, 'node_modules'), join(scratch, 'node_modules'), 'dir');
    return { root: scratch, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copyInto(scratch: string, root: string, file: string): Promise<void> {
  await mkdir(join(scratch, dirname(file)), { recursive: true });
  try {
    // Copies, not hard links: what is written to the scratch tree must never reach the work tree.
    await copyFile(join(root, file), join(scratch, file), constants.COPYFILE_FICLONE);
  } catch (error) {
    // Known to git and deleted in the work tree.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function gitApply(root: string, args: readonly string[]): Promise<void> {
  // Inside of another repository git would pass over every file that is not in it, without a word.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) };
  await run('git', ['apply', ...args], { cwd: root, env });
}

/** What git has against applying the patch to this tree, or null. Changes nothing. */
export async function applyFault(root: string, patchFile: string): Promise<string | null> {
  try {
    await gitApply(root, ['--check', patchFile]);
    return null;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    return stderr?.trim() || String(error);
  }
}

/** Applies the patch to the tree. Returns where: the first changed line. Rejects when it does not apply or changes nothing. */
export async function applyMutant(root: string, mutant: Mutant): Promise<{ file: string; line: number }> {
  const before = await Promise.all(mutant.files.map((file) => readFile(join(root, file), 'utf8')));
  await gitApply(root, [mutant.patchFile]);
  for (const [place, file] of mutant.files.entries()) {
    const line = firstDifference(before[place] ?? '', await readFile(join(root, file), 'utf8'));
    if (line !== null) return { file, line };
  }
  throw new Error(`${mutant.patchFile} was applied and nothing changed`);
}

/** Number of the first line that differs, from 1; null when none does. */
export function firstDifference(before: string, after: string): number | null {
  if (before === after) return null;
  const [old, changed] = [before.split('\n'), after.split('\n')];
  const place = old.findIndex((line, index) => line !== changed[index]);
  return place === -1 ? old.length + 1 : place + 1;
}
