import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Closing } from '../../src/anchor/close-database.ts';
import { type AnchorKeeper, createAnchorKeeper } from '../../src/anchor/keep-anchor.ts';
import { MasterKey } from '../../src/keys/master-key.ts';
import { bearer, type Persona, startWorld, type World } from '../hostile/world.ts';
import { copyTestDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';

/** A Daypass on one database, with an anchor. */
export interface Daypass {
  readonly world: World;
  readonly keeper: AnchorKeeper;
  readonly closings: Closing[];
  readonly call: (persona: Persona, method: 'GET' | 'POST', url: string, payload?: object) => Promise<Answer>;
  /** Takes an ask through an approval to credentials. Returns the id of the grant. */
  readonly getAccess: (asker: Persona, approver: Persona) => Promise<string>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface History {
  /** Where the anchor lies. */
  readonly anchor: string;
  readonly folder: string;
  readonly database: TestDatabase;
  start(options?: { database?: TestDatabase; anchor?: string; masterKey?: string }): Promise<Daypass>;
  /** The database as it is now; nobody may be connected to it. */
  copy(): Promise<TestDatabase>;
  end(): Promise<void>;
}

export async function beginHistory(): Promise<History> {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-anchor-'));
  const masterKey = randomBytes(32).toString('base64');
  const database = await createTestDatabase();
  const databases = [database];
  const running = new Set<Daypass>();
  const anchor = join(folder, 'anchor');
  return {
    anchor,
    folder,
    database,
    async start(options = {}) {
      const daypass = await startDaypass(
        options.database ?? database,
        options.anchor ?? anchor,
        options.masterKey ?? masterKey,
      );
      running.add(daypass);
      return { ...daypass, stop: async () => void (running.delete(daypass) && (await daypass.stop())) };
    },
    async copy() {
      const copied = await copyTestDatabase(database);
      databases.push(copied);
      return copied;
    },
    async end() {
      for (const daypass of running) await daypass.stop();
      for (const one of databases) await one.drop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startDaypass(database: TestDatabase, path: string, masterKey: string): Promise<Daypass> {
  const world = await startWorld({ database, masterKey });
  const { identity, ending } = world.deps;
  const closings: Closing[] = [];
  const key = MasterKey.parse(masterKey);
  const keeper = createAnchorKeeper({
    db: ending.db,
    transact: ending.transact,
    auditKey: { id: key.keyId('audit-mac'), key: key.derive('audit-mac') },
    masterKey: identity.masterKey,
    path,
    onClosed: (closing) => closings.push(closing),
  });
  const call: Daypass['call'] = async (persona, method, url, payload) => {
    const answer = await world.app.inject({
      method,
      url,
      headers: bearer(persona),
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() };
  };
  return {
    world,
    keeper,
    closings,
    call,
    async getAccess(asker, approver) {
      const asked = await call(asker, 'POST', '/v1/requests', ask);
      const review = { decision: 'approve', digest: asked.body['digest'] };
      const reviewed = await call(
        approver,
        'POST',
        `/v1/requests/${String(asked.body['id'])}/reviews`,
        review,
      );
      const [grant] = (reviewed.body['grants'] ?? []) as { id: string }[];
      if (grant === undefined) throw new Error(JSON.stringify([asked, reviewed]));
      const issued = await call(asker, 'POST', `/v1/grants/${grant.id}/sessions`);
      if (issued.status !== 201) throw new Error(JSON.stringify(issued));
      return grant.id;
    },
    stop: () => world.stop(),
  };
}

export const ask = { entitlements: ['prod/admin'], durationSeconds: 900, reason: 'Disk full on db-1' };
