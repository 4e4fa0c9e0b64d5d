import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// A lock file made with O_EXCL. Whoever holds it touches it; a holder that is gone, or has not moved for a while (stopped, on
// another machine that went away), loses it. Should two hold it in the end, two fetch instead of one: nothing worse.

const touchEveryMs = 2_000;
const goneAfterMs = 15_000;
/** Longer than a holder needs for all its calls; one that waits for a person is not waited for any longer. */
const patienceMs = 90_000;

/** What a waiter may find meanwhile: undefined while there is nothing. */
export type Look<T> = () => T | undefined;

/**
 * Does the work under the lock, or returns what `look` finds first: asked before, while waiting, and once more under the lock.
 * Where no lock can be made, and after 90 seconds of waiting, the work is done without.
 */
export async function underLock<T>(path: string, look: Look<T>, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  const watched = new Watched(path);
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    const held = take(path);
    if (held === 'impossible') return work();
    if (held !== 'taken') {
      try {
        // Another may have finished between our look and our lock.
        return look() ?? (await work());
      } finally {
        held.release();
      }
    }
    if (watched.isAbandoned()) watched.breakIt();
    else if (performance.now() > until) return work();
    else await sleep(20 + Math.random() * 40);
  }
}

function take(path: string): { release(): void } | 'taken' | 'impossible' {
  const own = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch {
    return 'impossible';
  }
  try {
    writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? 'taken' : 'impossible';
  }
  const touching = setInterval(() => {
    const now = new Date();
    quietly(() => contentOf(path) === own && utimesSync(path, now, now));
  }, touchEveryMs);
  touching.unref();
  return {
    release() {
      clearInterval(touching);
      if (contentOf(path) === own) quietly(() => rmSync(path));
    },
  };
}

/** A lock that somebody else holds, as it is seen from here. */
class Watched {
  readonly #path: string;
  #content: string | null = null;
  #touched = 0;
  #since = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Its holder is a process of this machine that is no more, or did not touch it for 15 seconds of our time. */
  isAbandoned(): boolean {
    const content = contentOf(this.#path);
    const touched = statOf(this.#path);
    if (content === null || touched === null) return false;
    if (content !== this.#content || touched !== this.#touched) {
      this.#content = content;
      this.#touched = touched;
      this.#since = performance.now();
    }
    return isOfDead(content) || performance.now() - this.#since > goneAfterMs;
  }

  /** Takes it away, unless it is another's by now. */
  breakIt(): void {
    const aside = `${this.#path}.${randomUUID()}`;
    try {
      renameSync(this.#path, aside);
    } catch {
      return;
    }
    if (contentOf(aside) !== this.#content) quietly(() => linkSync(aside, this.#path));
    quietly(() => rmSync(aside));
  }
}

function isOfDead(content: string): boolean {
  try {
    const { host, pid } = JSON.parse(content) as { host?: unknown; pid?: unknown };
    if (host !== hostname() || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // ESRCH only: EPERM is a process of somebody else, and what cannot be read is judged by its age.
    return codeOf(error) === 'ESRCH';
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function statOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function quietly(run: () => unknown): void {
  try {
    run();
  } catch {
    // The lock is a courtesy to the server.
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
