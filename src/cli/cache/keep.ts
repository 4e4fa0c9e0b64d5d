import { chmod, lstat, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import { writeAtomically } from '../settings/atomic-write.ts';
import type { Kept } from './kept-credentials.ts';
import { type KnownGrant, readKnownGrants } from './known-grants.ts';
import {
  cacheFolder,
  credentialsFile,
  currentSignInFile,
  endedMark,
  grantsFile,
  serverFolder,
} from '../settings/paths.ts';
import { readPrivateFile } from './private-file.ts';
import { currentSignIn, type SignIn } from './sign-in-folder.ts';

// Writing to what is kept. A cache that cannot be written (a full disk, a home that is read-only) stops nobody: whoever asks
// next fetches anew. Forgetting is different and throws.

/** Keeps credentials, unless their grant was ended or the sign-in left meanwhile. */
export async function keepCredentials(env: Environment, signIn: SignIn, kept: Kept): Promise<void> {
  const path = credentialsFile(signIn.folder, kept.entitlement);
  await unlessItFails(async () => {
    await ourFolder(env, signIn.folder);
    await write(path, JSON.stringify(kept));
    await sweep(env, Date.parse(kept.keptAt));
  });
  // Looked for after writing, and set before deleting: whichever comes last, nothing is left.
  const ended = readPrivateFile(endedMark(env, kept.url, kept.grant.id)) !== undefined;
  if (ended || currentSignIn(env, kept.url)?.name !== signIn.name) await rm(path, { force: true });
}

/** Drops what is kept for an entitlement. */
export async function dropCredentials(signIn: SignIn, entitlement: string): Promise<void> {
  await unlessItFails(() => rm(credentialsFile(signIn.folder, entitlement), { force: true }));
}

/** Drops what was issued under any grant but these: they are all there are. */
export async function dropAllBut(signIn: SignIn, grantIds: readonly string[]): Promise<void> {
  await unlessItFails(() =>
    forEachKept(signIn.folder, async (path, grantId) => {
      if (grantId === null || !grantIds.includes(grantId)) await rm(path, { force: true });
    }),
  );
}

/** Keeps what grants there are; with `complete` they are all, otherwise those known before stay. */
export async function keepGrants(
  env: Environment,
  signIn: SignIn,
  seen: readonly KnownGrant[],
  options: { readonly complete: boolean; readonly now: Date },
): Promise<void> {
  const before = options.complete ? [] : readKnownGrants(signIn, options.now.getTime());
  const others = before.filter(({ id }) => seen.every((grant) => grant.id !== id));
  const grants = [...others, ...seen].map(({ id, entitlement, startsAt, endsAt }) => {
    return { id, entitlement, startsAt, endsAt };
  });
  await unlessItFails(async () => {
    await ourFolder(env, signIn.folder);
    await write(grantsFile(signIn.folder), JSON.stringify(grants));
  });
}

/** From now on nothing issued under this grant is kept. Returns what takes it back, should the grant go on after all. */
export async function markEnded(
  env: Environment,
  url: string,
  grantId: string,
): Promise<() => Promise<void>> {
  const mark = endedMark(env, url, grantId);
  // Ending goes on all the same: where nothing can be written, nothing is kept either.
  await unlessItFails(async () => {
    await ourFolder(env, serverFolder(env, url));
    await writeFile(mark, '', { mode: 0o600 });
  });
  await unlessItFails(() =>
    forEachSignIn(env, url, (folder) =>
      forEachKept(folder, async (path, id) => {
        if (id === grantId) await rm(path, { force: true });
      }),
    ),
  );
  return () => rm(mark, { force: true });
}

/** Leaves out of the known grants one that ended. */
export async function dropGrant(env: Environment, url: string, grantId: string, now: Date): Promise<void> {
  const signIn = currentSignIn(env, url);
  if (signIn === null) return;
  const left = readKnownGrants(signIn, now.getTime()).filter(({ id }) => id !== grantId);
  await keepGrants(env, signIn, left, { complete: true, now });
}

/**
 * Forgets all that is kept for a server: whoever signs in next, or signs out, leaves nothing of the one before. Throws CliError 78
 * when it cannot be removed.
 */
export async function forgetServer(env: Environment, url: string): Promise<void> {
  const folder = serverFolder(env, url);
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    throw new CliError(
      exitCodes.configuration,
      `credentials that were kept in ${folder} cannot be removed: remove that folder yourself`,
    );
  }
}

/** Says which sign-in the keychain holds now. */
export async function keepCurrentSignIn(env: Environment, url: string, name: string): Promise<void> {
  await unlessItFails(async () => {
    await ourFolder(env, serverFolder(env, url));
    await write(currentSignInFile(env, url), name);
  });
}

async function write(path: string, text: string): Promise<void> {
  // A link leads to what is not ours to keep, and would be followed.
  if ((await lstat(path).catch(() => null))?.isSymbolicLink() === true) await rm(path);
  await writeAtomically(path, Buffer.from(text), { mode: 0o600, forceMode: true });
}

/** Makes a folder of ours with all above it up to the one that holds everything, closed to others. Throws where one is not ours. */
async function ourFolder(env: Environment, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const root = cacheFolder(env);
  for (let path = folder; path.startsWith(root); path = join(path, '..')) {
    const stats = await lstat(path);
    if (!stats.isDirectory()) throw new Error(`${path} is no folder`);
    // Fails where it belongs to somebody else.
    if ((stats.mode & 0o077) !== 0) await chmod(path, 0o700);
  }
}

// What has expired is worth nothing to anybody; it is swept so that folders of old sign-ins do not pile up.
const sweptAfterMs = 24 * 3600 * 1000;

async function sweep(env: Environment, now: number): Promise<void> {
  const root = cacheFolder(env);
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    const stats = await stat(path).catch(() => null);
    if (stats?.isFile() === true && now - stats.mtimeMs > sweptAfterMs && !name.endsWith('signed-in'))
      await rm(path, { force: true });
  }
}

async function forEachSignIn(
  env: Environment,
  url: string,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = serverFolder(env, url);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await run(join(folder, entry.name));
}

async function forEachKept(
  folder: string,
  run: (path: string, grantId: string | null) => Promise<void>,
): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith('creds-')) await run(join(folder, name), grantIn(join(folder, name)));
}

function grantIn(path: string): string | null {
  try {
    const kept = JSON.parse(readPrivateFile(path) ?? '') as Partial<Kept> | null;
    return kept?.grant?.id ?? null;
  } catch {
    return null;
  }
}

async function unlessItFails(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    // See the top of this file.
  }
}
