import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

// Starts the command line from a checkout. Taking the types out of TypeScript costs more than all else it does from its cache:
// with a cache of compiled code, in a directory that is the person's own, that is done once.
const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
const base = isAbsolute(XDG_CACHE_HOME)
  ? XDG_CACHE_HOME
  : join(isAbsolute(HOME) ? HOME : homedir(), '.cache');
const folder = join(base, 'daypass', 'code');
if (isPrivate(folder)) enableCompileCache(folder);
await import('../src/cli/main.ts');

// As in src/cli/settings/private-folder.ts, which is TypeScript: to load it first would cost what the cache saves.
function isPrivate(path) {
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
