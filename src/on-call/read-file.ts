import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Reads a file of at most so many bytes. Rejects with an Error whose message is for operators and does not name the path. */
export type ReadFile = (path: string, mostBytes: number) => Promise<Uint8Array>;

/** Reads a regular file: not a pipe or a device, which could keep the reader waiting, and never more than `mostBytes`. */
export const readSmallFile: ReadFile = async (path, mostBytes) => {
  await using file = await opened(path);
  const stat = await file.stat();
  if (!stat.isFile()) throw new Error('its path is no regular file: name one');
  const buffer = Buffer.alloc(Math.min(stat.size, mostBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > mostBytes) throw new Error(`its file is larger than ${mostBytes} bytes: take old events out`);
  if (length > stat.size) throw new Error('its file is being written: move a finished one into its place');
  return buffer.subarray(0, length);
};

function opened(path: string): Promise<FileHandle> {
  // Not to wait for the other end of a pipe.
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    // By its code alone: the message of the system names the path.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`its file cannot be opened (${code}): is it there, and may Daypass read it?`);
  });
}
