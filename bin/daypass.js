import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

// Starts the command line from a checkout. Taking the types out of TypeScript costs more than all else it does from its cache:
// with a cache of compiled code, in a directory that is the person's own, that is done once.
const { HOME = '', XDG_CACHE_HOME = '' } = process.env;
const base = isAbsolute(XDG_CACHE_HOME)
  ? XDG_CACHE_HOME
  : join(isAbsolute(HOME) ? HOME : homedir(), '.cache');
enableCompileCache(join(base, 'daypass', 'code'));
await import('../src/cli/main.ts');
