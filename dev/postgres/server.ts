import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import type { Binaries } from './binaries.ts';
import { type ServerIdentity, serverEnvironment } from './identity.ts';
import type { Layout } from './layout.ts';
import { endServer, readPostmasterFile } from './leftover.ts';

/** A running server process. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
}

// Throw-away data on one machine: durable enough for a killed process, not for a power cut.
const defaults: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
  shared_buffers: '32MB',
  jit: 'off',
  log_checkpoints: 'off',
  // A failed statement can hold a password; the log keeps its error only.
  log_min_error_statement: 'panic',
};

/** Not asynchronous, so that the caller listens before the child can fail or end. */
function spawnServer(
  layout: Layout,
  binaries: Binaries,
  identity: ServerIdentity,
  port: number,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const fixed = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
  };
  const args = Object.entries({ ...defaults, ...settings, ...fixed }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = openSync(layout.log, 'w', 0o600);
  try {
    // A session of its own: Ctrl-C in the terminal reaches the parent only, which stops the server in its own time.
    return spawn(binaries.postgres, ['-D', layout.cluster, ...args], {
      ...identity.ids,
      cwd: '/',
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Waits until the server takes connections; resolves to why it ended when it ends instead. */
async function untilReady(child: ChildProcess, cluster: string): Promise<string | undefined> {
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `it ended with ${code ?? signal}`));
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (ended !== undefined) return ended;
    const file = await readPostmasterFile(cluster);
    if (file?.ready === true && file.pid === child.pid) return undefined;
    await sleep(5);
  }
  child.kill('SIGKILL');
  return 'it took no connections within 60 s';
}

function supervise(child: ChildProcess, pid: number, port: number): Server {
  const interrupt = () => void child.kill('SIGINT');
  // A parent that exits without stop() must not leave a server behind.
  process.once('exit', interrupt);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', interrupt);
      resolve();
    });
  });
  child.unref();
  return {
    pid,
    port,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      await endServer(pid);
      await gone;
    },
  };
}

/**
 * Starts the server on a free port of 127.0.0.1 (no Unix sockets) and waits until it takes connections.
 * `settings` override the defaults, except where it listens. Throws with the end of the server's log.
 */
export async function startServer(
  layout: Layout,
  binaries: Binaries,
  identity: ServerIdentity,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  let failure = '';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const port = await freePort();
    const child = spawnServer(layout, binaries, identity, port, settings);
    const reason = await untilReady(child, layout.cluster);
    if (reason === undefined && child.pid !== undefined) return supervise(child, child.pid, port);
    const tail = (await readFile(layout.log, 'utf8').catch(() => '')).slice(-4000);
    failure = `Starting PostgreSQL failed: ${reason}\n${tail}`;
    // Somebody else took the port in between, or the children of a server killed by force are still about to go.
    if (!/could not bind|shared memory block/.test(tail)) break;
    await sleep(100);
  }
  throw new Error(failure);
}
