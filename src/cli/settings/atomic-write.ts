import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export interface WriteOptions {
  /** Mode of a file that is new. One that is there keeps its own, unless `forceMode`. */
  readonly mode: number;
  readonly forceMode?: boolean;
  /** Called when everything is written and only the exchange is left; throws to call it off. */
  beforeReplace?(): Promise<void>;
}

/**
 * Replaces a file's content in one step: readers see the old or the new and never a part. Symbolic links stay, the file they
 * lead to is replaced; mode and owner are kept. A missing directory is made with mode 0700.
 */
export async function writeAtomically(path: string, content: Buffer, options: WriteOptions): Promise<void> {
  const target = await followLinks(path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const before = await stat(target).catch(() => null);
  const mode = before === null || options.forceMode === true ? options.mode : before.mode & 0o7777;
  const temporary = join(dirname(target), `.${randomBytes(8).toString('hex')}.daypass`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (before !== null && before.uid !== process.getuid?.()) {
      // Only root can; for anybody else the file stays theirs, as after any edit.
      await chown(temporary, before.uid, before.gid).catch(() => undefined);
    }
    await chmod(temporary, mode);
    await options.beforeReplace?.();
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Where a path leads in the end, also when nothing is there yet. */
async function followLinks(path: string): Promise<string> {
  let current = resolve(path);
  for (let hops = 0; hops < 40; hops++) {
    const next = await readlink(current).catch(() => null);
    if (next === null) return current;
    current = resolve(dirname(current), next);
  }
  throw new Error(`${path} is a loop of symbolic links`);
}
