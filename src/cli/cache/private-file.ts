import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

// More than anything that is kept here; a file of this size was not written by us.
const longestBytes = 256 * 1024;

/**
 * Text of a file that its owner alone can read, in a folder that nobody else can write to, both ours. Null for anything else: a
 * file that is too open, somebody else's, a symbolic link, too large, or that cannot be read. Undefined where there is none.
 * Synchronous, since `creds` from the cache has nothing else to do meanwhile.
 */
export function readPrivateFile(path: string): string | null | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : null;
  }
  try {
    // Of what was opened, not of what may stand there a moment later.
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > longestBytes || !isOurs(stats, 0o077)) return null;
    const folder = lstatSync(dirname(path));
    if (!folder.isDirectory() || !isOurs(folder, 0o022)) return null;
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

// Windows has no such bits; there the profile directory keeps others out.
function isOurs(stats: Stats, refusedBits: number): boolean {
  if (process.platform === 'win32') return true;
  return stats.uid === process.getuid?.() && (stats.mode & refusedBits) === 0;
}
