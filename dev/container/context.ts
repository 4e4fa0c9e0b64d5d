import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What of the folder `root` a build sees. Understands a `.dockerignore` of one form: `*`, then `!name` for each entry that
 * goes in. Throws an Error for any other line.
 */
export async function buildContext(root: string): Promise<ReadonlySet<string>> {
  const lines = (await readFile(join(root, '.dockerignore'), 'utf8'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines[0] !== '*')
    throw new Error('.dockerignore: the first line must be *, so that nothing goes in unnamed');
  return new Set(
    lines.slice(1).map((line) => {
      const name = /^!([\w.-]+)$/.exec(line)?.[1];
      if (name === undefined) throw new Error(`.dockerignore: only !name is understood, not ${line}`);
      return name;
    }),
  );
}
