import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import type { CatalogApprovalDeps } from '../../src/catalog-approval/deps.ts';
import { type CatalogKeeper, type KeeperNews, openKeeper } from '../../src/catalog/keeper.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import type { Trust } from '../../src/catalog/trust.ts';
import type { Catalog } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';
import { openPool } from '../../src/db/pool.ts';
import { people, personalData, signIns } from '../../src/db/schema.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { createTestDatabase } from '../support/database.ts';

/** A catalog whose one entitlement lasts so many hours: each number another version. */
export const catalogOf = (hours: number): string => `version: 1
groups: [engineers, approvers]
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: ${hours}h
`;

export function read(text: string): Catalog {
  const parsed = parseCatalog(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.catalog;
}
export const versionOf = (hours: number): string => read(catalogOf(hours)).version;

/** A Daypass process, as far as catalogs go. */
export interface Replica {
  readonly keeper: CatalogKeeper;
  readonly deps: CatalogApprovalDeps;
  readonly news: KeeperNews[];
  /** Writes its file, in one step. */
  write(text: string, signature?: string): Promise<void>;
  /** Writes the file and looks at it. */
  change(text: string, signature?: string): Promise<void>;
}

export interface StartOptions {
  readonly trust?: Partial<Trust>;
  readonly maxDurationSeconds?: number;
  readonly text?: string;
  readonly signature?: string;
}

export interface House {
  readonly root: pg.Client;
  readonly app: pg.Pool;
  start(options?: StartOptions): Promise<Replica>;
  operator(name: string, over?: Partial<Caller>): Promise<Caller>;
  kinds(): Promise<string[]>;
  inForce(): Promise<{ version: string; basis: string }[]>;
  move(seconds: number): void;
  stop(): Promise<void>;
}

export async function startHouse(): Promise<House> {
  const database = await createTestDatabase();
  const pool = openPool({ url: database.appUrl, max: 8, onError: () => undefined });
  const root = new pg.Client({ connectionString: database.superuserUrl });
  await root.connect();
  const folder = await mkdtemp(join(tmpdir(), 'daypass-keeper-'));
  let time = new Date('2026-11-22T09:00:00.000Z').getTime();
  const clock = () => new Date(time);
  const transact = createTransact({
    db: pool.db,
    clock,
    auditKey: { id: 'test', key: randomBytes(32) },
    jobs: { enqueue: () => Promise.resolve([]) },
  });
  let replicas = 0;
  return {
    root,
    app: pool.raw,
    async start({ trust, maxDurationSeconds = 43_200, text = catalogOf(1), signature } = {}) {
      const path = join(folder, `catalog-${++replicas}.yaml`);
      const put = async (name: string, content: string) => {
        await writeFile(`${name}.new`, content);
        await rename(`${name}.new`, name);
      };
      const write = async (content: string, signed?: string) => {
        if (signed !== undefined) await put(`${path}.sig`, signed);
        await put(path, content);
      };
      await write(text, signature);
      const news: KeeperNews[] = [];
      const keeper = await openKeeper({
        db: pool.db,
        transact,
        path,
        trust: { mode: 'two-operators', keys: [], ...trust },
        check: (source) =>
          parseCatalog(source, {
            maxDurationSeconds,
            maxBreakGlassSeconds: 3600,
            minApprovals: 0,
            minAssuranceIssue: 'single-factor',
            forbiddenRoles: [],
          }),
        tell: (one) => news.push(one),
      });
      return {
        keeper,
        news,
        deps: { db: pool.db, transact, operatorsGroup: 'operators', keeper },
        write,
        async change(content, signed) {
          await write(content, signed);
          await keeper.sweep();
        },
      };
    },
    async operator(name, over = {}) {
      const now = clock();
      const id = newId('prs', now);
      const signInId = newId('sgn', now);
      const groups = ['operators'];
      await pool.db
        .insert(people)
        .values({ id, issuer: 'https://idp.test', subject: id, groups, createdAt: now, lastSignedInAt: now });
      await pool.db.insert(personalData).values({ personId: id, name, email: null });
      await pool.db.insert(signIns).values({
        id: signInId,
        personId: id,
        client: 'cli',
        assuranceLevel: over.assurance?.level ?? 'multi-factor',
        authenticatedAt: now,
        createdAt: now,
        expiresAt: new Date(now.getTime() + 36_000_000),
      });
      return {
        personId: id,
        name,
        groups,
        subject: id,
        isAuditor: false,
        isOperator: true,
        assurance: { level: 'multi-factor', authenticatedAt: now },
        signInId,
        via: 'cli',
        context: { actor: { type: 'person', id }, address: null, requestId: 'call' },
        ...over,
      };
    },
    async kinds() {
      const { rows } = await root.query<{ kind: string }>('SELECT kind FROM audit_events ORDER BY id');
      return rows.map(({ kind }) => kind);
    },
    async inForce() {
      const { rows } = await root.query<{ version: string; basis: string }>(
        'SELECT version, basis FROM catalog_in_force ORDER BY position',
      );
      return rows;
    },
    move: (seconds) => {
      time += seconds * 1000;
    },
    async stop() {
      await pool.close();
      await root.end();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}
