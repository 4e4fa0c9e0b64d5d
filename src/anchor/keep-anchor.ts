import type { AuditKey } from '../audit/record.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import type { Database } from '../db/pool.ts';
import type { MasterKey } from '../keys/master-key.ts';
import { type Anchor, type AnchorKey, type Reading, sameAnchor } from './anchor.ts';
import { AnchorUnusable, readAnchor, writeAnchor } from './anchor-file.ts';
import { closeDatabase, type Closing } from './close-database.ts';
import { judge, type Verdict } from './judge.ts';
import { moveMark, readStanding } from './standing.ts';

export interface AnchorDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly auditKey: AuditKey;
  readonly masterKey: MasterKey;
  /** The file outside of the database; null: there is none, and a restore goes unnoticed. */
  readonly path: string | null;
  /** Told when this process closed the database. */
  readonly onClosed: (closing: Closing) => void;
}

export interface AnchorKeeper {
  /**
   * Compares the database with the anchor, closes it when it is older or another one, and moves the anchor on. Runs at start,
   * before anything is issued, and again and again, since a database can be restored beneath a running process. Throws
   * AnchorUnusable when the file cannot be read or written, or was written under another master key.
   */
  keep(): Promise<void>;
  /** The same once more at the stop, if it ever went well. */
  keepLast(): Promise<void>;
  /** What an operator should know about the anchor; null when nothing is wrong. */
  warning(): string | null;
}

// What is written has its mark read again afterwards: a replica that was slower may have put an older anchor there.
const writesInARow = 3;

/** Looks after the anchor of this process. Several replicas can share the file or have one each. */
export function createAnchorKeeper(deps: AnchorDeps): AnchorKeeper {
  const { path } = deps;
  if (path === null) {
    return {
      keep: () => Promise.resolve(),
      keepLast: () => Promise.resolve(),
      warning: () =>
        'ANCHOR_FILE is not set: a database that was restored from an older copy would go unnoticed, and what it brings back would work.',
    };
  }
  const key: AnchorKey = { id: deps.masterKey.keyId('anchor-mac'), key: deps.masterKey.derive('anchor-mac') };
  // What this process knows to have been true: stays so when the file is taken away or put back to an older one.
  let known: Anchor | null = null;
  let fault: string | null = null;

  const compare = async (): Promise<{ readonly reading: Reading; readonly verdict: Verdict }> => {
    const found = await readAnchor(path, key);
    if (found.is === 'of-another-key') {
      throw new AnchorUnusable(
        'the anchor named by ANCHOR_FILE was written under another master key: start with that one, or remove the file if the key was changed on purpose and the database was not restored',
      );
    }
    const reading = newerOf(found, known);
    const event = reading.is === 'read' ? reading.anchor.event : null;
    const verdict = judge(reading, await readStanding(deps.db, deps.auditKey, event));
    if (verdict.is === 'close') {
      const closing = await closeDatabase(deps, reading);
      if (closing !== null) deps.onClosed(closing);
    }
    return { reading: found, verdict };
  };
  const keep = async (): Promise<void> => {
    const { reading, verdict } = await compare();
    await moveMark(deps.transact);
    let there = verdict.is === 'holds' && reading.is === 'read' ? reading.anchor : null;
    for (let written = 0; written < writesInARow; written++) {
      const { current } = await readStanding(deps.db, deps.auditKey, null);
      known = current;
      if (there !== null && (there.mark > current.mark || sameAnchor(there, current))) return;
      await writeAnchor(path, key, current);
      const again = await readAnchor(path, key);
      there = again.is === 'read' ? again.anchor : null;
    }
  };
  return {
    async keep() {
      try {
        await keep();
        fault = null;
      } catch (error) {
        if (error instanceof AnchorUnusable) fault = error.message;
        throw error;
      }
    },
    keepLast: () => (known === null ? Promise.resolve() : keep()),
    warning: () => (fault === null ? null : `The anchor does not move on: ${fault}.`),
  };
}

/** The file's anchor, or the one that this process knows when it is later or the file is gone. */
function newerOf(
  found: Exclude<Reading, { is: 'of-another-key' }>,
  known: Anchor | null,
): Exclude<Reading, { is: 'of-another-key' }> {
  if (known === null) return found;
  const remembered = { is: 'read', anchor: known } as const;
  if (found.is === 'none') return remembered;
  if (found.is !== 'read' || found.anchor.database !== known.database) return found;
  return found.anchor.mark < known.mark ? remembered : found;
}
