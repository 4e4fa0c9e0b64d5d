import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { notify } from '../../src/approvals/notice.ts';
import type { ApprovalsDeps } from '../../src/approvals/deps.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { submitRequest } from '../../src/approvals/submit-request.ts';
import type { SubmitInput } from '../../src/approvals/submission.ts';
import { extendGrant } from '../../src/broker/extend-grant.ts';
import { undoGrants } from '../../src/broker/undo-grants.ts';
import type { OnCallNow } from '../../src/approvals/on-call.ts';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import type { Catalog } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { people, personalData } from '../../src/db/schema.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Refusal } from '../../src/refusal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** `prod/chat` may be approved with one factor of any age; `secret/vault` is hidden from engineers. */
export const catalogText = `version: 1
groups: [engineers, approvers, vault-people, vault-approvers, others]
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    assurance: { ask: single-factor, approve: multi-factor }
  prod/long:
    description: For long work
    role: { account: prod, name: daypass-long }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 8h
    requestExpires: 1h
    ticket: "OPS-[0-9]{1,6}"
  prod/chat:
    description: Small things
    role: { account: prod, name: daypass-chat }
    ask: { groups: [engineers, approvers] }
    approve: { groups: [approvers] }
    maxDuration: 2h
    assurance: { approve: single-factor }
  prod/strict:
    description: Asking takes a second factor
    role: { account: prod, name: daypass-strict }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    assurance: { ask: multi-factor }
  secret/vault:
    description: Hidden
    role: { account: prod, name: daypass-vault }
    ask: { groups: [vault-people] }
    approve: { groups: [vault-approvers] }
    maxDuration: 1h
`;

export interface TestPerson {
  readonly id: string;
  readonly name: string;
  readonly groups: string[];
  readonly subject: string;
}

export interface World {
  readonly database: TestDatabase;
  readonly pool: Pool;
  /** As the superuser, to look at and to arrange what people cannot. */
  readonly root: pg.Client;
  readonly deps: ApprovalsDeps;
  now(): Date;
  move(seconds: number): void;
  /** Says who is on call from now on. */
  call(now: OnCallNow): void;
  person(name: string, groups: string[], more?: { readonly manager?: TestPerson }): Promise<TestPerson>;
  /** Puts a catalog in force: `catalogText` with one piece replaced. */
  change(from: string, to: string): Promise<void>;
  /** Puts another catalog in force. */
  use(text: string): Promise<void>;
  /** Puts `catalogText` in force again. */
  restore(): Promise<void>;
  ask(person: TestPerson, input?: Partial<SubmitInput>): ReturnType<typeof submitRequest>;
  answer(
    person: TestPerson,
    request: { readonly id: string | null; readonly digest: string },
    decision?: 'approve' | 'deny',
    caller?: Partial<Caller>,
  ): ReturnType<typeof reviewRequest>;
  count(sql: string, values?: unknown[]): Promise<number>;
  kinds(request: string | null): Promise<string[]>;
  stop(): Promise<void>;
}

export function callerOf(person: TestPerson, now: Date, over: Partial<Caller> = {}): Caller {
  return {
    personId: person.id,
    name: person.name,
    groups: person.groups,
    subject: person.subject,
    isAuditor: false,
    isOperator: false,
    assurance: { level: 'multi-factor', authenticatedAt: now },
    signInId: newId('sgn', now),
    via: 'cli',
    context: { actor: { type: 'person', id: person.id }, address: '192.0.2.1', requestId: 'call' },
    ...over,
  };
}

export async function startWorld(options: { poolSize?: number } = {}): Promise<World> {
  const database = await createTestDatabase();
  const pool = openPool({ url: database.appUrl, max: options.poolSize ?? 10, onError: () => undefined });
  const root = new pg.Client({ connectionString: database.superuserUrl });
  await root.connect();
  // Stands for the queue: a job is there if and only if its transaction committed.
  await root.query('CREATE TABLE test_jobs (name text, payload jsonb, at timestamptz)');
  await root.query('GRANT INSERT ON test_jobs TO daypass_app');
  let time = new Date('2026-11-22T09:00:00.000Z').getTime();
  const clock = () => new Date(time);
  const transact = createTransact({
    db: pool.db,
    clock,
    auditKey: { id: 'test', key: randomBytes(32) },
    jobs: {
      enqueue: (name, payload, { at } = {}) =>
        Promise.resolve([
          { text: 'INSERT INTO test_jobs VALUES ($1, $2, $3)', values: [name, payload, at ?? null] },
        ]),
    },
  });
  let onCall: OnCallNow = new Map();
  let catalog = read(catalogText);
  await putInForce(transact, catalog);
  const deps: ApprovalsDeps = {
    db: pool.db,
    transact,
    clock,
    catalog: () => catalog,
    onCall: () => onCall,
    // Of access there is nothing here: grants wait for their jobs.
    activateAtOnce: () => Promise.resolve(false),
    undoGrants,
    extendGrant,
    tickets: null,
    notify,
  };
  const use = async (text: string) => {
    catalog = read(text);
    await putInForce(transact, catalog);
  };
  return {
    database,
    pool,
    root,
    deps,
    now: clock,
    call(next) {
      onCall = next;
    },
    move(seconds) {
      time += seconds * 1000;
    },
    async person(name, groups, { manager } = {}) {
      const id = newId('prs', clock());
      await pool.db.insert(people).values({
        id,
        issuer: 'https://idp.example',
        subject: `sub-${id}`,
        groups,
        manager: manager?.subject ?? null,
        createdAt: clock(),
        lastSignedInAt: clock(),
      });
      await pool.db.insert(personalData).values({ personId: id, name, email: `${name}@example.com` });
      return { id, name, groups, subject: `sub-${id}` };
    },
    async change(from, to) {
      if (!catalogText.includes(from)) throw new Error(`the catalog has no ${from}`);
      await use(catalogText.replace(from, () => to));
    },
    use,
    restore: () => use(catalogText),
    ask: (person, input = {}) =>
      submitRequest(deps, callerOf(person, clock()), {
        entitlements: ['prod/admin'],
        durationSeconds: 900,
        reason: 'to mend it',
        ...input,
      }),
    answer: (person, request, decision = 'approve', caller = {}) =>
      reviewRequest(deps, callerOf(person, clock(), caller), {
        id: request.id ?? '',
        decision,
        digest: request.digest,
      }),
    async count(sql, values = []) {
      const { rows } = await root.query<{ count: string }>(`SELECT count(*) FROM ${sql}`, values);
      return Number(rows[0]?.count);
    },
    async kinds(request) {
      const { rows } = await root.query<{ kind: string }>(
        'SELECT kind FROM audit_events WHERE request = $1 ORDER BY kind',
        [request],
      );
      return rows.map((row) => row.kind);
    },
    async stop() {
      await root.end();
      await pool.close();
      await database.drop();
    },
  };
}

/** The refusal that a call ends in; anything else fails the test. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('expected a refusal, and the call succeeded');
}

function read(text: string): Catalog {
  const result = parseCatalog(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}
