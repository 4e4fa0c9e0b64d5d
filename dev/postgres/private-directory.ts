import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, type ServerIdentity } from './identity.ts';

/**
 * Makes `path` if need be and makes sure that nobody but the caller can put anything into it.
 * Throws when it exists and is a link, not a directory, or somebody else's: another local user may have planted it.
 */
export async function ownDirectory(path: string, identity: ServerIdentity): Promise<string> {
  // Others may pass through (never list) only when PostgreSQL runs as somebody else.
  const mode = identity.ids === undefined ? 0o700 : 0o711;
  await mkdir(path, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (process.platform === 'win32') return path;
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== process.geteuid?.()) {
    throw new Error(
      `${path} exists and belongs to somebody else: remove it, or set TMPDIR to another directory.`,
    );
  }
  if ((found.mode & 0o022) !== 0) {
    throw new Error(`${path} can be written by others, so its content cannot be trusted: remove it.`);
  }
  if ((found.mode & 0o777) !== mode) await chmod(path, mode);
  return path;
}

async function isSafeParent(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  // In a directory that others can write and that is not sticky they could swap ours for theirs.
  return (found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0;
}

/**
 * The caller's own directory for temporary files (one per user), which PostgreSQL's user can enter. `preferred` is a place to
 * try before the usual ones.
 * Throws when none of them will do, naming each and why.
 */
export async function privateDirectory(identity: ServerIdentity, preferred?: string): Promise<string> {
  const usual = process.platform === 'win32' ? [tmpdir()] : [tmpdir(), '/tmp', '/var/tmp'];
  const places = new Set(preferred === undefined ? usual : [preferred, ...usual]);
  const reasons: string[] = [];
  for (const place of places) {
    if (!(await isSafeParent(place))) {
      reasons.push(`${place} is missing, or others could replace what lies in it`);
      continue;
    }
    try {
      const path = await ownDirectory(join(place, `daypass-${process.geteuid?.() ?? 'user'}`), identity);
      if (canEnter(identity, path)) return path;
      reasons.push(`${path} cannot be entered by user id ${identity.ids?.uid}`);
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`No directory for PostgreSQL's files: ${reasons.join('; ')}`);
}
