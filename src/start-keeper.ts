import type { Logger } from 'pino';
import type { Transact } from './audit/unit-of-work.ts';
import { checkCatalog, type CheckResult } from './catalog/check.ts';
import { CatalogUnusable, type CatalogKeeper, type KeeperNews, openKeeper } from './catalog/keeper.ts';
import { formatProblems, unreadable } from './catalog/load.ts';
import type { OwnNames } from './catalog/policy/guards.ts';
import type { Catalog } from './catalog/types.ts';
import type { Config } from './config.ts';
import type { Database } from './db/pool.ts';
import { StartRefused } from './start-refused.ts';

/**
 * Finds the catalog in force, and says in the log what becomes of it. Throws StartRefused, with what to do, when none may be.
 * @param onNewAccounts told of accounts that a catalog offers something in, and the one before did not
 */
export async function startKeeper(
  config: Config,
  own: { readonly db: Database; readonly transact: Transact },
  log: Logger,
  onNewAccounts: (accountIds: readonly string[]) => void,
): Promise<CatalogKeeper> {
  const { catalogPath: path, catalogTrust: trust } = config;
  if (trust.mode === 'file') {
    log.warn(
      { setting: 'CATALOG_TRUST' },
      'CATALOG_TRUST is file: whoever can write the catalog file decides who gets access. For development only',
    );
  }
  try {
    return await openKeeper({
      ...own,
      path,
      trust,
      check: (source) => check(config, source),
      tell: (news) => {
        write(log, path, news);
        if (news.kind !== 'in-force') return;
        const before = accountsOf(news.before);
        onNewAccounts([...accountsOf(news.catalog)].filter((account) => !before.has(account)));
      },
    });
  } catch (error) {
    throw error instanceof CatalogUnusable ? new StartRefused(whatToDo(error, path)) : error;
  }
}

/** The accounts in which the catalog offers something. */
export function accountsOf(catalog: Catalog): ReadonlySet<string> {
  return new Set([...catalog.entitlements.values()].map((entitlement) => entitlement.account.id));
}

/** What Daypass's own policy and roles are called. */
export function ownNamesOf({ boundaryPolicy, denyWriterRole, inspectorRole }: Config): OwnNames {
  return { boundaryPolicy, denyWriterRole, inspectorRole };
}

/** A text against the catalog's own rules and against what this Daypass is set up for. */
function check(config: Config, source: string): CheckResult {
  const checked = checkCatalog(source, config.guardrails, ownNamesOf(config));
  if (!checked.ok) return checked;
  const entitlements = [...checked.catalog.entitlements.values()];
  const assigned = entitlements.find((e) => e.target.kind === 'permission-set');
  if (assigned !== undefined && config.identityCenter === null) {
    return unreadable(
      `${assigned.id} is a permission set: set IDENTITY_CENTER_INSTANCE_ARN and IDENTITY_STORE_ID`,
    );
  }
  const validated = entitlements.find((e) => e.ticketValidated === true);
  if (validated !== undefined && config.ticketValidator === null) {
    return unreadable(
      `${validated.id} wants its tickets validated: set TICKET_VALIDATOR_URL and TICKET_VALIDATOR_SECRET`,
    );
  }
  return checked;
}

function whatToDo(error: CatalogUnusable, path: string): string {
  if (error.problems.length > 0)
    return `the catalog has ${error.problems.length} problems:\n${formatProblems(path, error.problems)}`;
  return (
    `${error.message}. It is the catalog in force, and no other may take its place unasked: start with the settings and the ` +
    'version of Daypass under which it passed, and have a catalog approved that passes under the new ones, too; or put one that ' +
    'passes into CATALOG and start once with CATALOG_TRUST=file, which is recorded'
  );
}

function write(log: Logger, path: string, news: KeeperNews): void {
  switch (news.kind) {
    case 'in-force':
      log.info({ catalogVersion: news.catalog.version, basis: news.basis }, 'another catalog is in force');
      return;
    case 'proposed':
      log.warn(
        { catalogVersion: news.version },
        'a new catalog waits for two operators: daypass catalog approve',
      );
      return;
    case 'refused':
      log.error(
        { problems: formatProblems(path, news.problems.slice(0, 20)), count: news.problems.length },
        'the catalog file is refused, and the catalog in force stays',
      );
      return;
    case 'not-followed':
      log.error(
        { catalogVersion: news.version, because: news.because },
        'the catalog in force cannot be used by this process, which goes on with the one before',
      );
      return;
  }
}
