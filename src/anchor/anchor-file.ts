import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Anchor, type AnchorKey, anchorText, parseAnchor, type Reading } from './anchor.ts';

/** The file cannot be read or written. The message is a sentence for an operator. */
export class AnchorUnusable extends Error {
  override readonly name = 'AnchorUnusable';
}

// An anchor has about 250 bytes.
const mostBytes = 4_096;

/** What is in the file. Throws AnchorUnusable when there is one that cannot be read: that is a slip, and says nothing. */
export async function readAnchor(path: string, key: AnchorKey): Promise<Reading> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { is: 'none' };
    throw unusable('read', error);
  }
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return bytesRead === mostBytes
      ? { is: 'damaged' }
      : parseAnchor(key, buffer.toString('utf8', 0, bytesRead));
  } catch (error) {
    throw unusable('read', error);
  } finally {
    await file.close();
  }
}

/**
 * Puts an anchor in the place of the file in one step, and on the disk: readers and a power cut find the old or the new.
 * Throws AnchorUnusable; the file is as it was then.
 */
export async function writeAnchor(path: string, key: AnchorKey, anchor: Anchor): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(anchorText(key, anchor));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unusable('written', error);
  }
}

// The name is on the disk only when the folder is. Some network file systems refuse that; there the rename has to do.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!hasCode(error, 'EINVAL') && !hasCode(error, 'ENOTSUP')) throw error;
  } finally {
    await folder.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unusable(what: 'read' | 'written', cause: unknown): AnchorUnusable {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new AnchorUnusable(
    `the anchor named by ANCHOR_FILE cannot be ${what} (${code}): its folder must exist and be Daypass's to write`,
    { cause },
  );
}
