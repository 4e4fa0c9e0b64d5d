import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRunning, startOf } from './processes.ts';

interface Owner {
  readonly pid: number;
  /** Start of that process in clock ticks since boot (Linux), which tells it from a later one with the same pid. */
  readonly started: string | null;
  readonly nonce: string;
}

/** A data directory is in use by another process. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

const held = new Map<string, 'claimed' | 'running'>();

function lockFile(dataDir: string): string {
  return join(dataDir, 'claim.lock');
}

function isAlive(owner: Owner): boolean {
  return isRunning(owner.pid) && (owner.started === null || startOf(owner.pid) === owner.started);
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function takeOver(stale: Owner, mine: string, lock: string): Promise<boolean> {
  // One file per dead owner: of all who find the same stale lock, only the one that makes this file may replace it.
  const marker = `${lock}.${stale.nonce}`;
  try {
    await writeFile(marker, '', { flag: 'wx', mode: 0o600 });
  } catch {
    return false;
  }
  try {
    if ((await readOwner(lock))?.nonce !== stale.nonce) return false;
    await rename(mine, lock);
    return true;
  } finally {
    await rm(marker, { force: true });
  }
}

async function acquire(dataDir: string): Promise<boolean> {
  await mkdir(dataDir, { recursive: true });
  const lock = lockFile(dataDir);
  const nonce = randomBytes(8).toString('hex');
  const mine = `${lock}.${nonce}.new`;
  const owner: Owner = { pid: process.pid, started: startOf(process.pid), nonce };
  await writeFile(mine, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
  try {
    // A link appears whole or not at all, and fails when the name is taken: nobody ever reads half a lock.
    await link(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = await readOwner(lock);
    return other !== undefined && !isAlive(other) && (await takeOver(other, mine, lock));
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Reserves the first free of `baseDir/1`, `baseDir/2`, … for this process, until `releaseDataDir` or its death, and
 * returns its absolute path. Throws when a hundred are taken.
 */
export async function claimDataDir(baseDir: string): Promise<string> {
  for (let slot = 1; slot <= 100; slot += 1) {
    const dataDir = resolve(baseDir, String(slot));
    if (held.has(dataDir)) continue;
    held.set(dataDir, 'claimed');
    if (await acquire(dataDir).catch((error: unknown) => giveUp(dataDir, error))) return dataDir;
    held.delete(dataDir);
  }
  throw new DataDirInUseError(`All hundred data directories under ${baseDir} are in use.`);
}

function giveUp(dataDir: string, error: unknown): never {
  held.delete(dataDir);
  throw error;
}

/**
 * Locks one data directory for a server of this process; one that this process claimed before is its own.
 * Throws DataDirInUseError when another live process, or another server of this one, uses it.
 */
export async function lockDataDir(dataDir: string): Promise<void> {
  const before = held.get(dataDir);
  if (before === 'running') throw new DataDirInUseError(`${dataDir} is already in use by this process.`);
  held.set(dataDir, 'running');
  if (before === 'claimed') return;
  if (await acquire(dataDir).catch((error: unknown) => giveUp(dataDir, error))) return;
  held.delete(dataDir);
  const owner = await readOwner(lockFile(dataDir));
  throw new DataDirInUseError(
    `${dataDir} is in use by process ${owner?.pid ?? 'unknown'}: stop that one, or choose another directory ` +
      `(if no such process runs Daypass, remove ${lockFile(dataDir)}).`,
  );
}

/** Gives a data directory back. Does nothing when this process does not hold it. */
export async function releaseDataDir(dataDir: string): Promise<void> {
  if (!held.delete(dataDir)) return;
  await rm(lockFile(dataDir), { force: true });
}
