import { open } from 'node:fs/promises';
import { maxSourceBytes } from './limits.ts';

export type FileRead =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly source: string }
  | { readonly ok: false; readonly reason: string };

/** Reads a catalog file without looking into it. Never throws: what stands in the way is the reason, and says what to do. */
export async function readCatalogFile(path: string): Promise<FileRead> {
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) return { ok: false, reason: 'this is not a regular file: name the catalog file' };
    // Checked before reading, and again on the text: a file can grow meanwhile.
    if (stat.size > maxSourceBytes)
      return { ok: false, reason: `the file is larger than ${maxSourceBytes / 1024 / 1024} MiB` };
    const bytes = await file.readFile();
    return { ok: true, bytes, source: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** The detached signature beside a catalog file, as text; null when there is none. One that cannot be read is empty: no signature is. */
export async function readSignatureFile(path: string): Promise<string | null> {
  try {
    await using file = await open(`${path}.sig`, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longestSignature), 0, longestSignature, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? null : '';
  }
}

// More than a signature and its line break; a longer file is none.
const longestSignature = 200;

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file: check the path';
    case 'EACCES':
    case 'EPERM':
      return 'the file may not be read: give the user that runs Daypass the right to';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'the file is not UTF-8: save it as UTF-8';
    default:
      return `the file cannot be read (${typeof code === 'string' ? code : 'unknown error'})`;
  }
}
