import { setTimeout as pause } from 'node:timers/promises';
import { MasterKey } from '../../../src/keys/master-key.ts';
import type { PolicyDocument } from '../../aws/iam/policy.ts';
import type { DevUser } from '../../idp/users.ts';
import { brokenEvents, unknownToDaypass, unrecordedCalls, unrecordedCredentials } from '../invariants.ts';
import { seeded } from '../random.ts';
import { type Site, startSite } from '../site.ts';
import { tally } from '../tally.ts';
import { clientUsers } from '../users.ts';
import { moveIn, sharedAccounts, writeCatalog } from './accounts.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { playFaults } from './faults.ts';
import { type Bench, judge, type Judged } from './judge.ts';
import { live, type Seen } from './lifecycle.ts';
import { planOf } from './plan.ts';
import { recordViolations } from './record.ts';
import { endAhead, untilSettled } from './settle.ts';

export interface AwsCampaignOptions {
  readonly lifecycles: number;
  readonly clients: number;
  readonly accounts: number;
  readonly seed: number;
  /** How likely AWS plays a fault at a call, 0 to 1. */
  readonly faults: number;
  /** Milliseconds between two kills, at most; at least a third of it. */
  readonly killEveryMs: number;
  /** How much later AWS knows of a change in IAM, in seconds. */
  readonly propagationSeconds: number;
  /** `wait` for the ends of the short grants, or move AWS's clock and let a Daypass whose clock is `ahead` end them. */
  readonly settle: 'wait' | 'ahead';
  readonly say: (text: string) => void;
}

export interface AwsCampaignResult {
  readonly seen: Seen;
  readonly kills: Cluster['kills'];
  readonly tried: Judged['tried'];
  /** What AWS played, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** What is found after the policies and assignments in AWS were tampered with on purpose: what shows that it can be. */
  readonly checked: readonly string[];
}

const aheadSeconds = 150;

/**
 * Many grants are asked for, used, and end early or by themselves, or live on, while AWS plays faults and two Daypass processes
 * are killed at random; then everything settles, and every credential that AWS ever gave out is tried.
 */
export async function runAwsCampaign(options: AwsCampaignOptions): Promise<AwsCampaignResult> {
  const random = seeded(options.seed);
  const users = clientUsers(options.clients);
  const world = sharedAccounts(options.accounts);
  let aheadMs = 0;
  const now = () => new Date(Date.now() + aheadMs);
  const site = await startSite({
    users,
    onStep: options.say,
    aws: { world, clock: now, signingClock: () => new Date() },
    environment: { CATALOG: await writeCatalog(world) },
  });
  try {
    const { aws } = site.stack;
    const neighbours = await moveIn(aws);
    aws.setPropagationSeconds(options.propagationSeconds);
    const everyMs = () => (options.killEveryMs * (1 + 2 * random())) / 3;
    const cluster = await startCluster(site.stack, random, everyMs);
    const seen = newSeen();
    playFaults(aws, options.faults, options.seed);
    await work(options, site, cluster, users, seen, random);
    aws.clearFaults();
    options.say(
      `${cluster.kills.first + cluster.kills.second} kills done; waiting until everything has settled`,
    );
    if (options.settle === 'ahead') {
      aheadMs = aheadSeconds * 1000;
      await endAhead(site, aheadSeconds);
    }
    await untilSettled(site, options.settle === 'wait');
    await pause(options.propagationSeconds * 1000 + 100);

    options.say('trying every credential that AWS ever gave out');
    const bench: Bench = { aws, database: site.database, neighbours, seen, now };
    const judged = await judge(bench);
    const violations = [...judged.violations, ...(await onRecord(site, seen)), ...seen.faults];
    const faults = tally(aws.log.flatMap(({ fault }) => (fault === null ? [] : [fault])));
    return {
      seen,
      kills: cluster.kills,
      tried: judged.tried,
      faults,
      counts: await count(site),
      violations,
      checked: await afterTampering(bench),
    };
  } finally {
    await site.stop();
  }
}

async function work(
  options: AwsCampaignOptions,
  site: Site,
  cluster: Cluster,
  users: readonly DevUser[],
  seen: Seen,
  random: () => number,
): Promise<void> {
  const people = await Promise.all(users.map((user) => site.person(user)));
  const { aws } = site.stack;
  let begun = 0;
  let over = false;
  const lane = async (number: number): Promise<void> => {
    const person = people[number];
    const approver = people[(number + 1) % people.length];
    if (person === undefined || approver === undefined) return;
    for (let turn = 0; begun < options.lifecycles; turn++) {
      const i = begun++;
      const plan = planOf(i, turn, users[number]?.email ?? '', aws.world, random);
      await live(cluster, aws, seen, { ...plan, person, approver }, random).catch((error: unknown) => {
        seen.faults.push(`${person.name}, ${plan.entitlement}: ${String(error)}`);
      });
      if ((i + 1) % 100 === 0) options.say(`${i + 1} lifecycles`);
    }
  };
  const killing = cluster.killUntil(() => over);
  try {
    await Promise.all(people.map((_, number) => lane(number)));
  } finally {
    over = true;
    await killing;
  }
}

async function onRecord(site: Site, seen: Seen): Promise<string[]> {
  const { database, databaseUrl, front, stack } = site;
  const masterKey = MasterKey.parse(stack.environment['MASTER_KEY'] ?? '');
  const auditKey = { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') };
  const awsLog = stack.aws.log.filter(({ parameters }) => parameters['RoleSessionName'] !== 'colleague');
  return [
    ...(await unrecordedCredentials({ database, received: seen.received })),
    ...unrecordedCalls({ calls: front.calls, awsLog }),
    ...(await unknownToDaypass({ database, awsLog })),
    ...(await recordViolations({ database, awsLog, world: stack.aws.world, fates: seen.fates })),
    ...(await brokenEvents({ database, databaseUrl, auditKey })),
  ];
}

/** Takes every deny out of AWS by hand, and what others made there with it: all of that must be found. */
async function afterTampering(bench: Bench): Promise<readonly string[]> {
  const { aws } = bench;
  aws.setPropagationSeconds(0);
  for (const account of aws.world.accounts.slice(1)) {
    for (const arn of Object.keys(account.managedPolicies)) account.managedPolicies[arn] = allowAll;
  }
  aws.world.identityCenter.assignments = [];
  return (await judge(bench, Math.ceil(aws.issued().length / 300))).violations;
}

const allowAll: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

async function count({ database, stack }: Site): Promise<Record<string, number>> {
  const { rows } = await database.query<{ what: string; times: number }>(
    `SELECT 'grants ' || state || coalesce(' ' || ended_because, '') AS what, count(*)::int AS times FROM grants GROUP BY 1
     UNION ALL SELECT 'sessions ' || state, count(*)::int FROM sessions GROUP BY state
     UNION ALL SELECT 'denies ' || kind, count(*)::int FROM denies GROUP BY kind
     UNION ALL SELECT 'audit events', count(*)::int FROM audit_events ORDER BY 1`,
  );
  const { log } = stack.aws;
  return {
    ...Object.fromEntries(rows.map(({ what, times }) => [what, times])),
    'policy versions written': log.filter(({ action }) => action === 'CreatePolicyVersion').length,
    'IAM calls': log.filter(({ service }) => service === 'iam').length,
  };
}

function newSeen(): Seen {
  return {
    received: new Map(),
    opened: new Map(),
    fates: new Map(),
    done: { end: 0, lapse: 0, stay: 0, failed: 0 },
    ledger: { retries: { broken: 0, unavailable: 0 } },
    faults: [],
  };
}
