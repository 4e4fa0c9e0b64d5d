import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder where there is none, and says whether only we can write to it and to the one it is in. What is run from there
 * is as good as code: Node checks compiled code against its source by a checksum that anybody can reckon.
 */
export function isPrivateFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return [path, dirname(path)].every((each) => {
      const stats = lstatSync(each);
      if (process.platform === 'win32') return stats.isDirectory();
      return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
    });
  } catch {
    return false;
  }
}
