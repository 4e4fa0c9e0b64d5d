import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MasterKey } from '../../src/keys/master-key.ts';
import type { DevUser } from '../idp/users.ts';
import { type Ledger, newLedger, runClient } from './client.ts';
import { findViolations } from './invariants.ts';
import { createKiller, type Kill } from './killer.ts';
import { type Phase, phases } from './phases.ts';
import { seeded } from './random.ts';
import { type Site, type SiteOptions, startSite } from './site.ts';
import { clientUsers } from './users.ts';

export interface CampaignOptions {
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
  /** How often each phase must be hit; the campaign goes on beyond `kills` until it was, at most to three times as many. */
  readonly leastPerPhase: number;
  /** `wait` for the grants' real ends, or let a Daypass whose clock is `ahead` end them at once. */
  readonly settle: 'wait' | 'ahead';
  readonly say: (text: string) => void;
  /** What Daypass runs on; a PostgreSQL of the campaign's own when left out. */
  readonly on?: SiteOptions['on'];
}

export interface CampaignResult {
  readonly kills: readonly Kill[];
  readonly ledger: Ledger;
  readonly counts: Readonly<Record<string, number>>;
  /** Promises that were found broken, in words. */
  readonly violations: readonly string[];
  /** The same checks over evidence that was falsified on purpose: what shows that they can fail. */
  readonly checked: readonly string[];
}

const grantSeconds = 60;
const settleLimitMs = 300_000;

/** Kills Daypass again and again while clients run the main job, then lets everything settle and checks what is left. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const random = seeded(options.seed);
  const killer = createKiller(random);
  const users = clientUsers(options.clients);
  const site = await startSite({
    users,
    ...(options.on === undefined ? {} : { on: options.on }),
    onStep: options.say,
    delays: () => ({ before: 10 + random() * 60, after: 10 + random() * 60 }),
    onStatement: killer.onStatement,
    onAssumeRole: killer.onAssumeRole,
  });
  try {
    const ledger = newLedger();
    const kills = await killWhileTheyWork(options, site, users, ledger, killer, random);
    options.say(`${kills.length} kills done; waiting until everything has settled`);
    await settle(options, site);
    const masterKey = MasterKey.parse(site.stack.environment.MASTER_KEY ?? '');
    const evidence = {
      database: site.database,
      databaseUrl: site.databaseUrl,
      auditKey: { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') },
      received: ledger.received,
      calls: site.front.calls,
      awsLog: site.stack.aws.log,
      assignments: site.stack.aws.world.identityCenter.assignments,
    };
    const missed = missedPhases(options, kills).map((phase) => `phase ${phase} was hit too seldom`);
    const violations = [...(await findViolations(evidence)), ...ledger.faults, ...missed];
    const checked = await findViolations({
      ...evidence,
      received: new Map([['ASIANEVERISSUED', 'grt_none']]),
      calls: new Map(),
      assignments: [{ principalId: 'nobody', permissionSetArn: 'none' }],
      auditKey: { ...evidence.auditKey, key: new Uint8Array(32) },
    });
    return { kills, ledger, counts: await count(site), violations, checked };
  } finally {
    await site.stop();
  }
}

async function killWhileTheyWork(
  options: CampaignOptions,
  site: Site,
  users: readonly DevUser[],
  ledger: Ledger,
  killer: ReturnType<typeof createKiller>,
  random: () => number,
): Promise<Kill[]> {
  const people = await Promise.all(users.map((user) => site.person(user)));
  let stopping = false;
  const working = people.map((person, i) =>
    runClient({
      person,
      approver: people[(i + 1) % people.length] ?? person,
      ...workOf(i, random),
      ledger,
      random: seeded(options.seed + i + 1),
      grantSeconds: () => grantSeconds + Math.floor(random() * 30),
      stopping: () => stopping,
    }),
  );
  const kills: Kill[] = [];
  try {
    const enough = () => kills.length >= options.kills && missedPhases(options, kills).length === 0;
    while (!enough() && kills.length < 3 * options.kills) {
      const kill = await killer.kill(site, ledger, nextAim(options, kills));
      kills.push(kill);
      options.say(`kill ${String(kills.length).padStart(3)}: ${kill.phase.padEnd(10)} (${seen(kill)})`);
      await site.stack.restart();
    }
    // One more round in which nothing breaks.
    await pause(1_000);
  } finally {
    stopping = true;
    await Promise.all(working);
  }
  return kills;
}

/** Every fourth client works with a permission set, the others with roles. */
function workOf(client: number, random: () => number): { entitlement: string; assigned: boolean } {
  if (client % 4 === 3) return { entitlement: 'prod/console-readonly', assigned: true };
  return { entitlement: random() < 0.5 ? 'prod/readonly' : 'staging/admin', assigned: false };
}

function seen({ sight }: Kill): string {
  return Object.entries(sight)
    .filter(([, times]) => times > 0)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}

/** Each phase in turn, and every seventh time whatever comes; in the end those that are short. */
function nextAim(options: CampaignOptions, kills: readonly Kill[]): Phase | null {
  const short = missedPhases(options, kills)[0];
  if (kills.length >= options.kills && short !== undefined) return short;
  return phases[kills.length % (phases.length + 1)] ?? null;
}

function missedPhases(options: CampaignOptions, kills: readonly Kill[]): Phase[] {
  return phases.filter(
    (phase) => kills.filter((kill) => kill.phase === phase).length < options.leastPerPhase,
  );
}

async function settle(options: CampaignOptions, site: Site): Promise<void> {
  if (options.settle === 'ahead') {
    const script = fileURLToPath(new URL('ahead.ts', import.meta.url));
    const child = spawn(process.execPath, [script, '600'], {
      env: { ...site.stack.environment, PORT: '0' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the Daypass whose clock is ahead exited with ${code}`);
    return;
  }
  const started = performance.now();
  for (;;) {
    const { rows } = await site.database.query<{ open: number }>(
      `SELECT (SELECT count(*)::int FROM sessions WHERE state = 'issuing')
         + (SELECT count(*)::int FROM grants WHERE state NOT IN ('ended', 'failed')) AS open`,
    );
    if (rows[0]?.open === 0) return;
    // What does not settle is found and named by the invariants.
    if (performance.now() - started > settleLimitMs) return;
    await pause(1_000);
  }
}

async function count({ database, stack }: Site): Promise<Record<string, number>> {
  const { rows } = await database.query<{ what: string; times: number }>(
    `SELECT 'requests ' || state AS what, count(*)::int AS times FROM requests GROUP BY state
     UNION ALL SELECT 'grants ' || state, count(*)::int FROM grants GROUP BY state
     UNION ALL SELECT 'sessions ' || state, count(*)::int FROM sessions GROUP BY state
     UNION ALL SELECT 'audit events', count(*)::int FROM audit_events ORDER BY 1`,
  );
  return {
    ...Object.fromEntries(rows.map(({ what, times }) => [what, times])),
    'AssumeRole calls': stack.aws.log.filter(({ action }) => action === 'AssumeRole').length,
  };
}
