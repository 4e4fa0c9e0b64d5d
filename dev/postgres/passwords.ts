import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Passwords of one cluster: its superuser and Daypass's three roles. */
export interface Passwords {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
  readonly sequencer: string;
}

function parse(text: string, path: string): Passwords {
  let parsed: Partial<Passwords> = {};
  try {
    parsed = JSON.parse(text) as Partial<Passwords>;
  } catch {
    // Reported below: a JSON error would quote the text it could not read.
  }
  const { superuser, owner, app, sequencer } = parsed;
  if (!superuser || !owner || !app || !sequencer) {
    throw new Error(`${path} is damaged: remove the directory it lies in to start afresh.`);
  }
  return { superuser, owner, app, sequencer };
}

const random = () => randomBytes(24).toString('base64url');

/**
 * Reads the passwords kept at `path`, or makes new ones and keeps them there, readable by the caller alone.
 * Throws when the file is there but cannot be read or understood.
 */
export async function keptPasswords(path: string): Promise<Passwords> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (text !== undefined) return parse(text, path);
  const made: Passwords = { superuser: random(), owner: random(), app: random(), sequencer: random() };
  await writeFile(`${path}.new`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}
