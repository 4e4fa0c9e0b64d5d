import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Who PostgreSQL's processes run as. */
export interface ServerIdentity {
  /** Numeric ids to change to before a binary starts; absent when it runs as the caller. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** Command put in front of initdb, which needs its uid to have a passwd entry (the server does not). */
  readonly initdbPrefix: readonly string[];
}

// Present on practically every Unix, with or without an entry in /etc/passwd.
const overflowIds = { uid: 65534, gid: 65534 };

function passwdIds(name: string): { uid: number; gid: number } | undefined {
  let passwd: string;
  try {
    passwd = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return undefined;
  }
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  const uid = Number.parseInt(fields?.[2] ?? '', 10);
  const gid = Number.parseInt(fields?.[3] ?? '', 10);
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : undefined;
}

function hasPasswdEntry(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

/**
 * Chooses whom PostgreSQL runs as. It refuses to run as root, so root hands it to `postgres` if that user exists, else to
 * `nobody`. A uid without a passwd entry runs initdb in a user namespace where it is called `nobody`.
 * Throws when neither is possible, saying what to do.
 */
export function serverIdentity(): ServerIdentity {
  if (process.platform === 'win32') return { initdbPrefix: [] };
  if (process.geteuid?.() === 0) {
    return { ids: passwdIds('postgres') ?? passwdIds('nobody') ?? overflowIds, initdbPrefix: [] };
  }
  if (hasPasswdEntry()) return { initdbPrefix: [] };
  const { uid, gid } = passwdIds('nobody') ?? overflowIds;
  const prefix = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
  const trial = spawnSync('unshare', [...prefix.slice(1), 'true'], { cwd: '/' });
  if (trial.status !== 0) {
    throw new Error(
      `The user id ${process.geteuid?.()} has no entry in /etc/passwd, which PostgreSQL's initdb needs, and user namespaces ` +
        '(unshare --user) are not allowed here. Add an entry, run as a named user, or use a PostgreSQL server of your own.',
    );
  }
  return { initdbPrefix: prefix };
}

/** Whether PostgreSQL's user can enter `directory`: its own mode and those of all directories above it decide. */
export function canEnter(identity: ServerIdentity, directory: string): boolean {
  if (identity.ids === undefined) return true;
  // Asked of the kernel rather than computed from modes: ACLs and mounts count too.
  const trial = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...identity.ids, cwd: '/' });
  return trial.status === 0;
}

/**
 * Environment of PostgreSQL's processes: nothing of the caller's but what finds programs and libraries, so that no PGDATA or
 * PGOPTIONS of a developer changes what is started.
 */
export function serverEnvironment(): Record<string, string> {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}
