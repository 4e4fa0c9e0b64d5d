import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AnchorUnusable } from './anchor/anchor-file.ts';
import { type AnchorKeeper, createAnchorKeeper } from './anchor/keep-anchor.ts';
import type { ApprovalsDeps } from './approvals/deps.ts';
import { sweepFollowUps } from './approvals/sweep-follow-ups.ts';
import { sweepReminders } from './approvals/sweep-reminders.ts';
import { sweepRequests } from './approvals/sweep-requests.ts';
import type { ApiDeps } from './api/deps.ts';
import { createBreakGlassMetrics } from './api/break-glass-metrics.ts';
import { createEndingMetrics } from './api/ending-metrics.ts';
import { createNoticeMetrics } from './api/notice-metrics.ts';
import { buildServer } from './api/server.ts';
import { createStrangerFailures } from './audit/stranger-failures.ts';
import { createTransact } from './audit/unit-of-work.ts';
import { createAwsClients } from './aws/clients.ts';
import { createFederation } from './aws/federation.ts';
import { createBoundary } from './broker/boundary/create.ts';
import { createBoundaryWriters } from './broker/boundary/writers.ts';
import type { BrokerDeps } from './broker/deps.ts';
import { createEndingAlarm } from './broker/ending-alarm.ts';
import { startBrokerJobs } from './broker/jobs.ts';
import { createPreflightDeps } from './broker/preflight/create.ts';
import { createPreflight } from './broker/preflight/preflight.ts';
import { sweepGrants } from './broker/sweep.ts';
import { createTargets } from './broker/targets/create.ts';
import type { Config } from './config.ts';
import type { Clock } from './db/clock.ts';
import { createJobs } from './db/jobs.ts';
import { openPool } from './db/pool.ts';
import { handOver } from './hand-over.ts';
import type { EligibilityDeps } from './eligibility/deps.ts';
import { sweepEligibility } from './eligibility/sweep-eligibility.ts';
import { createOutside } from './outside.ts';
import { startReadiness } from './readiness.ts';
import { acrValuesFor, parseAssuranceMap } from './identity/assurance-map.ts';
import type { IdentityDeps } from './identity/deps.ts';
import { createOidc } from './identity/oidc.ts';
import { sweepSignIns } from './identity/sweep-sign-ins.ts';
import { MasterKey } from './keys/master-key.ts';
import { accountsOf, ownNamesOf, startKeeper } from './start-keeper.ts';
import { StartRefused } from './start-refused.ts';
import { type Sweep, type Sweeper, startSweeper } from './sweeper.ts';

/** What main.ts brings along; tests bring a log and a clock of their own. */
export interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
}

export interface App {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Runs everything that is due by its row, now. */
  sweepNow(): Promise<void>;
  /** Takes no new calls, finishes what is under way, lets go of everything. */
  stop(): Promise<void>;
}

const sweepEveryMs = 5_000;
const reviewEveryMs = 60_000;
// A call waits for AWS for ten seconds at the most, and for its sign-in to the console three more.
const longestCallMs = 14_000;

/**
 * Builds every part, wires them and starts listening: the whole program on one screen. Throws StartRefused when the
 * surroundings are such that it must not run (database role, AWS identity, catalog).
 */
export async function startApp(config: Config, { log, clock }: Surroundings): Promise<App> {
  // What was opened is let go in reverse order: at stop, or at once when a later part refuses to start.
  await using parts = new AsyncDisposableStack();
  const onError = (part: string) => (error: unknown) => log.error({ err: error, part }, 'fault');
  const open = (max: number) => {
    const opened = openPool({
      url: config.databaseUrl.reveal(),
      max,
      onError: onError('database'),
      // A URL of its own for LISTEN is given when the first one leads to a transaction pooler.
      prepare: config.databaseDirectUrl === null,
    });
    parts.defer(() => opened.close());
    return opened;
  };
  // A third is kept for what must work while all else is taken: knowing who calls, ending, jobs and sweeps.
  const kept = Math.max(2, Math.floor(config.poolSize / 3));
  const pool = open(Math.max(2, config.poolSize - kept));
  const keptPool = open(kept);
  const jobs = createJobs({
    url: (config.databaseDirectUrl ?? config.databaseUrl).reveal(),
    onError: onError('jobs'),
  });
  const { awsRegion: region, denyWriterRole, inspectorRole } = config;
  const aws = createAwsClients({ region, denyWriterRole, inspectorRole });
  parts.defer(() => aws.close());
  const masterKey = MasterKey.parse(config.masterKey.reveal());
  const auditKey = { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') };
  const transact = createTransact({ db: pool.db, clock, auditKey, jobs });
  const own = {
    db: keptPool.db,
    transact: createTransact({ db: keptPool.db, clock, auditKey, jobs }),
    clock,
  };
  const strangers = createStrangerFailures(clock);
  parts.defer(() => strangers.flush(own.db).catch(onError('strangers')));
  const readiness = await startReadiness(keptPool, aws, onError('readiness'));
  const keeper = await startKeeper(config, own, log, (accounts) => {
    for (const account of accounts) writers.wake(account, { look: true });
  });
  const assuranceMap = parseAssuranceMap(config.assuranceMap);
  const anchor = createAnchorKeeper({
    ...own,
    auditKey,
    masterKey,
    path: config.anchorFile,
    onClosed: (closing) => log.error(closing, 'closed until two operators confirm: see daypass closure'),
  });

  const identity: IdentityDeps = {
    db: own.db,
    transact,
    clock,
    masterKey,
    oidc: createOidc({
      ...config.oidc,
      callbackUrl: new URL('/oauth/callback', config.publicUrl),
      clock,
      onProblem: (problem) => log.warn({ problem }, 'identity provider'),
    }),
    assuranceMap,
    groupsClaim: config.oidc.groupsClaim,
    managerClaim: config.oidc.managerClaim,
    operatorsGroup: config.operatorsGroup,
    auditorsGroup: config.auditorsGroup,
    tokenSeconds: config.tokenSeconds,
    totpEnabled: config.totpEnabled,
    countStranger: strangers.count,
  };
  const { onCall, notices, tickets } = createOutside(config, own, () => keeper.current().onCall, log);
  const handed = handOver({ catalog: keeper.current, onCall: (at = clock()) => onCall.at(at) });
  const approvals: ApprovalsDeps = {
    db: pool.db,
    transact,
    clock,
    ...handed.approvals,
    tickets,
    notify: notices.notify,
  };
  const breakGlass: ApiDeps['breakGlass'] = {
    operatorsGroup: config.operatorsGroup,
    announce: (used) => log.error(used, 'the glass was broken: somebody gave themselves access'),
  };
  const targets = createTargets({ ...own, aws, identityCenter: config.identityCenter });
  const endingMetrics = createEndingMetrics({
    ...own,
    announceRoleWide: (account, grants) =>
      log.warn({ account, grants }, 'the boundary policy is full: all older sessions of a role are denied'),
  });
  const endingAlarm = createEndingAlarm({
    ...own,
    alarm: ({ grantId: grant, accountId: account, ...more }) =>
      log.error({ grant, account, ...more }, 'an ended grant is not confirmed by AWS yet'),
    more: (count) => log.error({ count }, 'more ended grants are not confirmed by AWS yet'),
  });
  const writers = createBoundaryWriters(
    createBoundary({
      ...own,
      aws,
      policyName: config.boundaryPolicy,
      identityCenter: config.identityCenter,
      writer: randomUUID(),
      random: Math.random,
      report: (error, account) => log.error({ err: error, account }, 'fault in writing a boundary policy'),
      observe: endingMetrics.observer,
    }),
  );
  parts.defer(() => writers.stop());
  const report = (error: unknown, grant: string) => log.error({ err: error, grant }, 'fault in the broker');
  const ownNames = ownNamesOf(config);
  const broker: BrokerDeps = { db: pool.db, transact, clock, targets, report, ownNames, ...handed.broker };
  const ending: BrokerDeps = { ...own, targets, report, ownNames, ...handed.broker };
  const preflightDeps = createPreflightDeps({
    ...own,
    aws,
    catalog: keeper.current,
    identityCenter: config.identityCenter,
    names: ownNames,
    looker: randomUUID(),
    random: Math.random,
    report: (error, account) => log.error({ err: error, account }, 'fault in looking at an account'),
  });
  const preflight = createPreflight(preflightDeps);
  parts.defer(() => preflight.stop());
  const federation = createFederation({
    endpoint: config.signinEndpoint,
    egressAllow: config.oidc.egressAllow,
  });
  const approvalJobs: ApprovalsDeps = { ...approvals, ...own };
  const eligibility: EligibilityDeps = { ...own, catalog: keeper.current, notify: notices.notify };
  const api: ApiDeps = {
    identity,
    approvals,
    breakGlass,
    broker,
    console: { ...broker, federation, issuer: config.publicUrl.href },
    ending,
    preflight: { db: pool.db, clock, catalog: keeper.current, preflight },
    catalogs: { ...own, keeper, operatorsGroup: config.operatorsGroup },
    eligibility,
    audit: { transact },
    transact,
    config: {
      publicUrl: config.publicUrl,
      trustedProxies: config.trustedProxies,
      totpEnabled: config.totpEnabled,
      // Two connections at the least are left for everything that is no list.
      readsAtOnce: Math.max(1, config.poolSize - kept - 2),
      acrValuesFor: (level) => acrValuesFor(assuranceMap, level),
    },
    slackSigningSecret: config.slackSigningSecret,
    slackTeamIds: config.slackTeamIds,
    countStranger: strangers.count,
    log,
    metrics: [...endingMetrics.metrics, ...createNoticeMetrics(own), ...createBreakGlassMetrics(own)],
    readiness: readiness.now,
    anchorWarnings: () => [anchor.warning()].filter((warning) => warning !== null),
    masterKey,
    clock,
  };

  parts.defer(() => anchor.keepLast().catch(onError('anchor')));
  await jobs.start();
  parts.defer(() => jobs.stop());
  // Before anything is activated or issued: what an older database brings back must not work.
  await compareWithAnchor(anchor, log);
  await startBrokerJobs(ending, writers, jobs);
  const startSweepsEvery = (everyMs: number, ...sweeps: readonly Sweep[]): Sweeper => {
    const sweeper = startSweeper(sweeps, everyMs, (sweep, error) =>
      log.error({ err: error, sweep }, 'sweep failed'),
    );
    parts.defer(() => sweeper.stop());
    return sweeper;
  };
  const startSweeps = (...sweeps: readonly Sweep[]) => startSweepsEvery(sweepEveryMs, ...sweeps);
  const sweeper = startSweeps(
    { name: 'grants', run: () => sweepGrants(ending) },
    { name: 'preflight', run: () => preflight.sweep() },
    { name: 'requests', run: () => sweepRequests(approvalJobs) },
    { name: 'follow-ups', run: () => sweepFollowUps({ ...approvalJobs, ...breakGlass }) },
    { name: 'reminders', run: () => sweepReminders(approvalJobs) },
    { name: 'sign-ins', run: () => sweepSignIns(identity) },
    { name: 'strangers', run: () => strangers.flush(own.db) },
  );
  // Each apart from the others: an Identity Center that hangs holds up no deny, a volume that hangs no ending and no catalog that
  // another replica put in force, and what tells of an AWS that holds up the sweeps is not held up by it.
  const denying = startSweeps({ name: 'boundaries', run: () => writers.sweep() });
  const anchoring = startSweeps({ name: 'anchor', run: () => anchor.keep() });
  const following = startSweeps({ name: 'catalog', run: () => keeper.follow() });
  const reading = startSweeps({ name: 'catalog-file', run: () => keeper.sweep() });
  const alarming = startSweeps(
    { name: 'ending-alarm', run: () => endingAlarm.look() },
    { name: 'notice-alarm', run: () => notices.look() },
  );
  const telling = startSweeps({ name: 'notices', run: () => notices.sweep() });
  // Looks at all entitlements, and what is due is due by the day.
  const reviewing = startSweepsEvery(reviewEveryMs, {
    name: 'eligibility',
    run: () => sweepEligibility(eligibility),
  });
  const asking = startSweeps({ name: 'on-call', run: () => onCall.sweep() });
  parts.defer(() => onCall.stop());
  const server = await buildServer(api);
  parts.defer(() => closeServer(server));
  const address = await server.listen({ host: config.host, port: config.port });
  void sweeper.sweepNow();
  void denying.sweepNow();
  void asking.sweepNow();
  for (const account of accountsOf(keeper.current())) writers.wake(account, { look: true });
  log.info({ address, catalogVersion: keeper.current().version }, 'ready');

  const running = parts.move();
  return {
    address,
    sweepNow: async () => {
      const all = [sweeper, denying, anchoring, following, reading, alarming, telling, reviewing, asking];
      await Promise.all(all.map((one) => one.sweepNow()));
    },
    stop: () => running.disposeAsync(),
  };
}

// Calls under way get their answers; who never finishes sending or reading, or says nothing at all, holds nothing up.
async function closeServer(server: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), longestCallMs);
  await server.close();
  clearTimeout(timer);
}

async function compareWithAnchor(anchor: AnchorKeeper, log: Logger): Promise<void> {
  try {
    await anchor.keep();
  } catch (error) {
    throw error instanceof AnchorUnusable ? new StartRefused(error.message) : error;
  }
  const warning = anchor.warning();
  if (warning !== null) log.warn({ warning }, 'anchor');
}
