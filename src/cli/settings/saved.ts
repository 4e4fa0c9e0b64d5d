import { readFile } from 'node:fs/promises';
import type { Environment } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import { writeAtomically } from './atomic-write.ts';
import { settingsPath } from './paths.ts';

/** What `login` remembers. */
interface Saved {
  /** The server that is used when none is named. */
  readonly url?: string;
}

/** Throws CliError 78 when the file is not what Daypass wrote. */
export async function readSaved(env: Environment): Promise<Saved> {
  const path = settingsPath(env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return {};
    throw new CliError(exitCodes.configuration, `${path} cannot be read: mend its permissions`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const url = 'url' in value ? value.url : undefined;
      if (url === undefined) return {};
      if (typeof url === 'string') return { url };
    }
  } catch {
    // Told below.
  }
  throw new CliError(
    exitCodes.configuration,
    `${path} is damaged: delete it and run \`daypass login --url https://…\``,
  );
}

export async function saveUrl(env: Environment, url: string): Promise<void> {
  const content = Buffer.from(`${JSON.stringify({ ...(await readSaved(env)), url }, null, 2)}\n`);
  await writeAtomically(settingsPath(env), content, { mode: 0o600 });
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
