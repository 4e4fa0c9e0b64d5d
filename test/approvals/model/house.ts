import { randomBytes } from 'node:crypto';
import type { OnCallNow } from '../../../src/approvals/on-call.ts';
import { parseCatalog } from '../../../src/catalog/load.ts';
import { putInForce } from '../../../src/catalog/put-in-force.ts';
import type { Catalog } from '../../../src/catalog/types.ts';
import { newId } from '../../../src/db/ids.ts';
import { openPool } from '../../../src/db/pool.ts';
import type { Caller } from '../../../src/identity/caller.ts';
import { Refusal } from '../../../src/refusal.ts';
import { callerOf, startWorld, type TestPerson } from '../world.ts';
import { catalogText, type Edition, type Group, type Name, names } from './catalog.ts';
import { type Lane, lane } from './lane.ts';
import type { GrantKey, Model, Outcome, Seen } from './model.ts';
import { type Observed, observe } from './rows.ts';

/** The database with two replicas before it, and what the model's names mean there. */
export interface House {
  readonly lanes: readonly [Lane, Lane];
  readonly people: Readonly<Record<Name, TestPerson>>;
  /** Puts everything back to how a sequence begins. */
  begin(model: Model): Promise<void>;
  /** Reads everything that the sequence has made. */
  observe(): Promise<Observed>;
  caller(name: Name, seen: Seen): Caller;
  /** A time from now. */
  inSeconds(seconds: number): string;
  /** Its id; one that there is not for a label that there is not. */
  requestId(label: string | undefined): string;
  grantId(key: GrantKey | undefined): string;
  delegationId(label: string | undefined): string;
  /** The digests that a request has had, oldest first. */
  digests(label: string): readonly string[];
  /** Puts them into the group, or takes them out of it. */
  toggleGroup(name: Name, group: Group): Promise<void>;
  /** Deactivates them, or takes that back. */
  toggleActive(name: Name): Promise<void>;
  setManager(name: Name, manager: Name | null): Promise<void>;
  call(onCall: readonly Name[] | null): void;
  use(edition: Edition): void;
  pass(seconds: number): void;
  stop(): Promise<void>;
}

/** `done`, or `refused` for a Refusal; anything else is a fault. */
export async function outcomeOf(call: Promise<unknown>): Promise<Outcome> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'audit_unavailable') return 'refused';
    throw error;
  }
}

export async function openHouse(): Promise<House> {
  const world = await startWorld({ poolSize: 2 });
  const people = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await world.person(name, [])] as const)),
  ) as Record<Name, TestPerson>;
  const subjects = Object.fromEntries(names.map((name) => [name, people[name].subject])) as Record<
    Name,
    string
  >;
  const catalogs = await everyEdition(subjects, (catalog) => putInForce(world.deps.transact, catalog));
  let catalog = catalogs({ edited: false, removed: false, unrelated: false });
  let onCall: OnCallNow = new Map();
  const around = { catalog: () => catalog, onCall: () => onCall };
  const pools = [0, 1].map(() => openPool({ url: world.database.appUrl, max: 3, onError: () => undefined }));
  const auditKey = { id: 'test', key: randomBytes(32) };
  const [first, second] = pools.map((pool) => lane(pool, () => world.now(), auditKey, around));
  if (first === undefined || second === undefined) throw new Error('there are two lanes');

  let since = 0;
  let floor = '';
  let seen: Observed = { requests: {}, delegations: {} };
  return {
    lanes: [first, second],
    people,
    async begin(model) {
      // Nothing is in line with the sequence before.
      world.move(100_000);
      floor = newId('req', world.now());
      world.move(1);
      since = world.now().getTime();
      seen = { requests: {}, delegations: {} };
      for (const name of names) {
        const { groups, manager } = model.people[name];
        await directory(name, 'groups = $2', groups);
        await directory(name, 'manager = $2', subjectOf(manager));
        await directory(name, 'deactivated_at = $2', null);
      }
      call(model.onCall);
      use(model.edition);
    },
    async observe() {
      seen = await observe(world.root, { floor, since, people });
      return seen;
    },
    caller: (name, { groups }) =>
      callerOf({ ...people[name], groups: [...groups[name]] }, world.now(), { isOperator: name === 'ola' }),
    inSeconds: (seconds) => new Date(world.now().getTime() + seconds * 1000).toISOString(),
    requestId: (label = '') => seen.requests[label]?.id ?? 'req_00000000000000000000000000',
    grantId: (key) =>
      seen.requests[key?.request ?? '']?.grants.find(({ entitlement }) => entitlement === key?.entitlement)
        ?.id ?? 'grt_00000000000000000000000000',
    delegationId: (label = '') => seen.delegations[label]?.id ?? 'dlg_00000000000000000000000000',
    digests: (label) => seen.requests[label]?.versions.map(({ digest }) => digest) ?? [],
    toggleGroup: (name, group) =>
      directory(
        name,
        `groups = CASE WHEN $2 = ANY (groups) THEN array_remove(groups, $2) ELSE groups || $2::text END`,
        group,
      ),
    toggleActive: (name) =>
      directory(
        name,
        'deactivated_at = CASE WHEN deactivated_at IS NULL THEN $2::timestamptz END',
        world.now(),
      ),
    setManager: (name, manager) => directory(name, 'manager = $2', subjectOf(manager)),
    call,
    use,
    pass: (seconds) => world.move(seconds),
    async stop() {
      await Promise.all(pools.map((pool) => pool.close()));
      await world.stop();
    },
  };

  function call(now: readonly Name[] | null): void {
    const called = now?.map((name) => people[name].subject).toSorted();
    onCall = new Map([
      [
        'primary',
        called === undefined
          ? { kind: 'down', because: 'the model says so' }
          : { kind: 'known', people: called, until: null, unmapped: [] },
      ],
    ]);
  }

  function use(edition: Edition): void {
    catalog = catalogs(edition);
  }

  async function directory(name: Name, change: string, value: unknown): Promise<void> {
    await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [people[name].id, value]);
  }

  function subjectOf(name: Name | null): string | null {
    return name === null ? null : people[name].subject;
  }
}

/** All that there can be, each put in force once, so that requests can refer to any of them. */
async function everyEdition(
  subjects: Readonly<Record<Name, string>>,
  put: (catalog: Catalog) => Promise<void>,
): Promise<(edition: Edition) => Catalog> {
  const made = new Map<string, Catalog>();
  const key = ({ edited, removed, unrelated }: Edition) => [edited, removed, unrelated].join();
  for (const edited of [false, true]) {
    for (const removed of [false, true]) {
      for (const unrelated of [false, true]) {
        const edition = { edited, removed, unrelated };
        const result = parseCatalog(catalogText(edition, subjects));
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        await put(result.catalog);
        made.set(key(edition), result.catalog);
      }
    }
  }
  return (edition) => {
    const catalog = made.get(key(edition));
    if (catalog === undefined) throw new Error('no such edition');
    return catalog;
  };
}
