import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { listOffers } from '../../src/approvals/list-offers.ts';
import type { StoredPerson } from '../../src/approvals/lock.ts';
import { quorumReached, tally } from '../../src/approvals/quorum.ts';
import { mayAnswer } from '../../src/approvals/rights.ts';
import { routeOf } from '../../src/approvals/rule-facts.ts';
import { mayAsk } from '../../src/catalog/evaluate.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import type { Catalog } from '../../src/catalog/types.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openPool } from '../../src/db/pool.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Refusal } from '../../src/refusal.ts';
import { createDatabase } from '../postgres/databases.ts';
import { claimDataDir, startPostgres } from '../postgres/start.ts';
import { everywhere, groupCount, groupName, largeCatalog } from './catalog-text.ts';
import { percentile } from './measure.ts';
import { withClient } from './sample.ts';

// `npm run bench -- --catalog`: how long decisions and lists take with a large catalog and many people.

export interface CatalogFigures {
  readonly machine: string;
  readonly entitlements: number;
  readonly people: number;
  readonly sourceBytes: number;
  readonly memoryBytes: number;
  /** Milliseconds, each once. */
  readonly loads: readonly number[];
  /** Milliseconds of this process's processor for each. */
  readonly loadCpus: readonly number[];
  readonly decisions: readonly number[];
  /** By who asks: how many offers, and milliseconds. */
  readonly lists: readonly {
    readonly who: string;
    readonly offers: number;
    readonly times: readonly number[];
    readonly cpus: readonly number[];
  }[];
}

const peopleCount = 100_000;
const groupsEach = 10;

/** @param quick fewer repetitions */
export async function benchCatalog(quick: boolean, onStep: (text: string) => void): Promise<CatalogFigures> {
  const source = largeCatalog();
  const [loads, loadCpus]: [number[], number[]] = [[], []];
  let catalog: Catalog | null = null;
  for (let turn = 0; turn < (quick ? 1 : 5); turn += 1) {
    const took = stopwatch();
    const parsed = parseCatalog(source);
    took(loads, loadCpus);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 3)));
    ({ catalog } = parsed);
  }
  if (catalog === null) throw new Error('no catalog was loaded');
  onStep(`${catalog.entitlements.size} entitlements are loaded`);
  const decisions = decide(catalog, quick ? 5_000 : 50_000);
  onStep('decisions are measured');
  const lists = await list(catalog, quick ? 20 : 200, onStep);
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    entitlements: catalog.entitlements.size,
    people: peopleCount,
    sourceBytes: Buffer.byteLength(source),
    memoryBytes: process.memoryUsage().rss,
    loads,
    loadCpus,
    decisions,
    lists,
  };
}

/** Everything that is decided about one ask, from who may ask to whether two approvals are enough. */
function decide(catalog: Catalog, times: number): number[] {
  const entitlements = [...catalog.entitlements.values()];
  const now = new Date('2026-11-24T09:00:00Z');
  const person = (n: number, groups: readonly string[]): StoredPerson => ({
    personId: `person-${n}`,
    subject: `subject-${n}`,
    groups,
    manager: `subject-${n + 1}`,
    active: true,
    outside: false,
  });
  const measured: number[] = [];
  for (let turn = 0; turn < times + 1_000; turn += 1) {
    const entitlement = entitlements[(turn * 7919) % entitlements.length];
    if (entitlement === undefined) throw new Error('there is no entitlement');
    const requester = person(turn, [...groupsOf(turn), everywhere]);
    const reviewers = [1, 2, 3].map((n) => ({ ...person(turn + n, groupsOf(turn + n)), principals: [] }));
    const began = performance.now();
    if (!mayAsk(entitlement, requester).allowed) throw new Error('everybody here may ask');
    try {
      const asked = { askedAssurance: 'multi-factor' as const, askedProofAge: 60, askedFrom: '198.51.100.7' };
      const ask = {
        durationSeconds: 1_800 + (turn % 7_200),
        reason: 'To mend it',
        ticket: 'INC-7',
        startAt: null,
      };
      const facts = { requester, moment: { catalog, now, onCall: new Map() }, ask, asked };
      const route = { skipped: {}, byRule: {}, ...routeOf([entitlement], facts, catalog.version) };
      const parties = {
        ids: [requester.personId],
        subjects: [requester.subject],
        manager: requester.manager,
      };
      const round = { entitlements: [entitlement], ...route, parties, askedAt: now };
      const approvals = reviewers
        .filter((reviewer) => mayAnswer(entitlement, reviewer, requester.manager).allowed)
        .map((reviewer) => ({ reviewer, principal: null, at: now, parts: null }));
      quorumReached(tally(round, approvals));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    // The first thousand only warm up.
    if (turn >= 1_000) measured.push(performance.now() - began);
  }
  return measured;
}

async function list(
  catalog: Catalog,
  times: number,
  onStep: (text: string) => void,
): Promise<CatalogFigures['lists']> {
  const server = await startPostgres({
    dataDir: await claimDataDir(join(tmpdir(), 'daypass-bench-catalog')),
  });
  try {
    await createDatabase(server.superuserUrl('postgres'), 'bench_catalog');
    await migrate({ adminUrl: server.url('bench_catalog', 'owner') });
    await withClient(server.superuserUrl('bench_catalog'), async (client) => {
      await client.query(
        `INSERT INTO people (id, issuer, subject, groups, manager, created_at, last_signed_in_at)
         SELECT 'prs_' || lpad(n::text, 26, '0'), 'https://idp.example', 'subject-' || n,
           ARRAY(SELECT 'team-' || ((n * 31 + k * 97) % $2) FROM generate_series(0, $3 - 1) k), 'subject-' || (n + 1), now(), now()
         FROM generate_series(1, $1::int) n`,
        [peopleCount, groupCount, groupsEach],
      );
      await client.query(
        `INSERT INTO personal_data (person_id, name, email) SELECT id, 'Person ' || subject, subject || '@example.com' FROM people`,
      );
      await client.query('ANALYZE');
    });
    onStep(`${peopleCount} people are there`);
    const pool = openPool({ url: server.url('bench_catalog', 'app'), max: 4, onError: () => undefined });
    try {
      const lists: CatalogFigures['lists'][number][] = [];
      for (const [who, groups, turns] of [
        ['10 groups', Array.from({ length: 10 }, (_, n) => groupName(100 + n * 41)), times],
        ['a group of a fleet, too', [groupName(0)], Math.ceil(times / 10)],
        ['everything', [everywhere], Math.ceil(times / 10)],
      ] as const) {
        const caller = callerIn(groups);
        const deps = {
          db: pool.db,
          catalog: () => catalog,
          onCall: () => new Map(),
          clock: () => new Date(),
        };
        const [found, used]: [number[], number[]] = [[], []];
        let offers = 0;
        for (let turn = 0; turn < turns + 3; turn += 1) {
          const took = stopwatch();
          offers = (await listOffers(deps, caller)).length;
          if (turn >= 3) took(found, used);
        }
        lists.push({ who, offers, times: found, cpus: used });
        onStep(`lists of ${offers} are measured`);
      }
      return lists;
    } finally {
      await pool.close();
    }
  } finally {
    await server.stop();
  }
}

/** Notes how long something took, by the clock and by the processor of this process, in milliseconds. */
function stopwatch(): (times: number[], cpus: number[]) => void {
  const [began, before] = [performance.now(), process.cpuUsage()];
  return (times, cpus) => {
    times.push(performance.now() - began);
    const { user, system } = process.cpuUsage(before);
    cpus.push((user + system) / 1000);
  };
}

function groupsOf(n: number): string[] {
  return Array.from({ length: groupsEach }, (_, k) => groupName(n * 31 + k * 97));
}

function callerIn(groups: readonly string[]): Caller {
  const id = `prs_${'0'.repeat(26)}`;
  return {
    personId: id,
    name: 'Somebody',
    groups,
    subject: 'somebody',
    isAuditor: false,
    isOperator: false,
    assurance: { level: 'multi-factor', authenticatedAt: new Date(0) },
    signInId: 'sgn_1',
    via: 'cli',
    context: { actor: { type: 'person', id }, address: null, requestId: null },
  };
}

/** The figures for a person, with what they are to be. */
export function catalogText({
  machine,
  entitlements,
  people,
  sourceBytes,
  memoryBytes,
  loads,
  loadCpus,
  decisions,
  lists,
}: CatalogFigures): string {
  const ms = (times: readonly number[], share: number) =>
    times.length === 0 ? '' : percentile(times, share).toFixed(3);
  const row = (what: string, times: readonly number[], used: readonly number[], goal: string) =>
    `| ${what} | ${ms(times, 0.5)} | ${ms(times, 0.99)} | ${ms(used, 0.5)} | ${goal} |`;
  return [
    `${entitlements} entitlements (${(sourceBytes / 2 ** 20).toFixed(1)} MiB), ${people} people, ${machine}; ${Math.round(memoryBytes / 2 ** 20)} MiB`,
    '',
    '| what | p50 ms | p99 ms | processor p50 ms | goal |',
    '|---|---|---|---|---|',
    row('load and check', loads, loadCpus, 'p99 < 5,000'),
    row('one decision', decisions, [], 'p99 < 2'),
    ...lists.map(({ who, offers, times, cpus: used }) =>
      row(`list of ${offers} (${who})`, times, used, 'p99 < 50'),
    ),
  ].join('\n');
}
