import type { Database } from '../db/pool.ts';
import { type InForceRow, newestInForce, sourceOf } from './in-force.ts';
import { type FileSeen, type Proposed, type ProposeDeps, proposeCatalog } from './propose-catalog.ts';
import { readCatalogFile, readSignatureFile } from './read-file.ts';
import { digestOfBytes, type Trust } from './trust.ts';
import type { Catalog, Problem } from './types.ts';

export interface KeeperDeps extends ProposeDeps {
  readonly db: Database;
  /** Where the file lies. */
  readonly path: string;
  /** Told of what somebody who looks after Daypass wants to know. */
  readonly tell: (news: KeeperNews) => void;
}

export type KeeperNews =
  | {
      readonly kind: 'in-force';
      readonly catalog: Catalog;
      readonly before: Catalog;
      readonly basis: InForceRow['basis'];
    }
  | { readonly kind: 'proposed'; readonly version: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'not-followed'; readonly version: string; readonly because: string };

/** What this process last read in its file. */
export type FileState = Pick<Proposed, 'version' | 'problems'>;

/** The one catalog in force for this process. */
export interface CatalogKeeper {
  readonly trust: Trust;
  readonly current: () => Catalog;
  /** Looks at the file, and at what other replicas put in force. */
  sweep(): Promise<void>;
  /** Takes over what the database says is in force; nothing when that is so already. */
  follow(): Promise<void>;
  file(): FileState;
  /** Reads a stored text as it would be in force here, or says why it may not be. */
  read(version: string): Promise<StoredCatalog>;
}

export type StoredCatalog =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly because: string };

/** There is no catalog that may be in force. `problems` are those of the file, when it is the file. */
export class CatalogUnusable extends Error {
  override readonly name = 'CatalogUnusable';
  readonly problems: readonly Problem[];
  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.problems = problems;
  }
}

/**
 * Finds the catalog in force and keeps up with it. A database that never had one takes that of the file, by its trust. Throws
 * CatalogUnusable when there is none, or none that today's configuration lets be in force.
 */
export async function openKeeper(deps: KeeperDeps): Promise<CatalogKeeper> {
  const { tell } = deps;
  const look = async (before: string | null): Promise<FileSeen> => ({
    read: await readCatalogFile(deps.path),
    signature: deps.trust.keys.length === 0 ? null : await readSignatureFile(deps.path),
    before,
  });

  const first = await look(null);
  let file = await proposeCatalog(deps, first);
  let lastSeen = markOf(first);
  let lastVersion = file.version;
  const row = await newestInForce(deps.db);
  if (row === null) throw new CatalogUnusable('the file cannot be put in force', file.problems);
  const found = await readStored(deps, row.version);
  if (!found.ok) throw new CatalogUnusable(found.because);
  let { position } = row;
  let current = found.catalog;
  let notFollowed = 0;
  tellOfFile(file, tell);

  const keeper: CatalogKeeper = {
    trust: deps.trust,
    current: () => current,
    async sweep() {
      const seen = await look(lastVersion);
      if (markOf(seen) !== lastSeen) {
        file = await proposeCatalog(deps, seen);
        lastSeen = markOf(seen);
        lastVersion = file.version ?? lastVersion;
        tellOfFile(file, tell);
      }
      await keeper.follow();
    },
    async follow() {
      const newest = await newestInForce(deps.db);
      if (newest === null || newest.position <= Math.max(position, notFollowed)) return;
      const stored = await readStored(deps, newest.version);
      // Somebody else may have followed meanwhile.
      if (newest.position <= Math.max(position, notFollowed)) return;
      if (stored.ok) {
        const before = current;
        [position, current] = [newest.position, stored.catalog];
        tell({ kind: 'in-force', catalog: current, before, basis: newest.basis });
      } else {
        notFollowed = newest.position;
        tell({ kind: 'not-followed', version: newest.version, because: stored.because });
      }
    },
    file: () => file,
    read: (version) => readStored(deps, version),
  };
  return keeper;
}

function tellOfFile(file: Proposed, tell: (news: KeeperNews) => void): void {
  if (file.became === 'refuse') tell({ kind: 'refused', problems: file.problems });
  if (file.became === 'propose' && file.version !== null) tell({ kind: 'proposed', version: file.version });
}

/** Tells one content of the file, and of the signature beside it, from another. */
function markOf({ read, signature }: FileSeen): string {
  return `${read.ok ? digestOfBytes(read.bytes) : read.reason} ${signature ?? ''}`;
}

/** Whoever can write to the table of texts must not change what was approved: the text has to give the same version. */
async function readStored(deps: KeeperDeps, version: string): Promise<StoredCatalog> {
  const source = await sourceOf(deps.db, version);
  if (source === null) return { ok: false, because: `the text of catalog ${version} is not in the database` };
  const checked = deps.check(source);
  if (!checked.ok) {
    const [first] = checked.problems;
    return {
      ok: false,
      because: `catalog ${version} does not pass any more: ${checked.problems.length} problems, the first in line ${first?.line ?? 1}: ${first?.message ?? ''}`,
    };
  }
  if (checked.catalog.version !== version) {
    return {
      ok: false,
      because: `the stored text of catalog ${version} now reads as ${checked.catalog.version}: it was changed, or this version of Daypass reads it otherwise`,
    };
  }
  return { ok: true, catalog: checked.catalog };
}
