import { statfs } from 'node:fs/promises';

const place = '/dev/shm';
// statfs(2), TMPFS_MAGIC.
const tmpfs = 0x01_02_19_94;
// A run was seen to take 120 MB. Several may go on at once, and PostgreSQL fails where this runs out.
const enoughBytes = 2 * 1024 ** 3;

/**
 * Linux's directory in memory, when there is one with room for the databases of `npm test`: on ext4 copying the template costs
 * ten times the processor's time. Containers often have 64 MiB of it; they, and other systems, use the disk.
 */
export async function roomyMemory(): Promise<string | undefined> {
  const found = await statfs(place).catch(() => undefined);
  return found?.type === tmpfs && found.bavail * found.bsize >= enoughBytes ? place : undefined;
}
