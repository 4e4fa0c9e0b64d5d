import { createTransact } from '../../../src/audit/unit-of-work.ts';
import { createPreflightDeps } from '../../../src/broker/preflight/create.ts';
import type { PreflightDeps } from '../../../src/broker/preflight/deps.ts';
import type { Finding } from '../../../src/broker/preflight/finding.ts';
import { lookAtAccount } from '../../../src/broker/preflight/look-account.ts';
import { defaultOwnNames } from '../../../src/catalog/policy/guards.ts';
import type { Catalog, Entitlement } from '../../../src/catalog/types.ts';
import type { Account, Role } from '../../../dev/aws/world.ts';
import { adminRole, type House, prod } from '../house.ts';

export const staging = '444455556666';

export const stagingRole: Entitlement = {
  ...adminRole,
  id: 'staging/admin',
  account: { id: staging, name: 'staging' },
  target: {
    ...roleTarget(adminRole),
    accountId: staging,
    roleArn: `arn:aws:iam::${staging}:role/daypass-admin`,
  },
};

export function roleTarget({ target }: Entitlement): Extract<Entitlement['target'], { kind: 'role' }> {
  if (target.kind !== 'role') throw new Error('not a role');
  return target;
}

export function catalogOf(
  entitlements: readonly Entitlement[],
  aliases?: ReadonlyMap<string, string>,
): Catalog {
  return {
    version: `sha256:${'a'.repeat(64)}`,
    source: '',
    entitlements: new Map(entitlements.map((one) => [one.id, one])),
    groups: new Set(),
    people: new Map(),
    onCall: [],
    accounts: new Map(),
    bundles: new Map(),
    ...(aliases === undefined ? {} : { aliases }),
  };
}

export interface Looking {
  /** As a process of its own each time. */
  process(over?: Partial<PreflightDeps>): PreflightDeps;
  /** Time that has passed for Daypass, not for AWS, in seconds. */
  ahead: number;
  catalog: Catalog;
  /** How long it waited for AWS each time, in milliseconds. */
  readonly pauses: number[];
  readonly reported: unknown[];
}

/** What preflight works with in a house; nothing of it sleeps. */
export function openLooking(house: House, entitlements: readonly Entitlement[]): Looking {
  let processes = 0;
  const looking: Looking = {
    ahead: 0,
    catalog: catalogOf(entitlements),
    pauses: [],
    reported: [],
    process: (over = {}) => ({
      ...createPreflightDeps({
        db: house.pool.db,
        transact,
        clock,
        aws: house.clients,
        catalog: () => looking.catalog,
        identityCenter: house.aws.world.identityCenter,
        names: defaultOwnNames,
        looker: `process-${(processes += 1)}`,
        random: () => 0.5,
        pause: (milliseconds) => {
          looking.pauses.push(milliseconds);
          return Promise.resolve();
        },
        report: (error) => looking.reported.push(error),
      }),
      ...over,
    }),
  };
  const clock = () => new Date(house.now().getTime() + looking.ahead * 1000);
  const transact = createTransact({
    db: house.pool.db,
    clock,
    auditKey: { id: 'test', key: Buffer.alloc(32, 7) },
    jobs: { enqueue: () => Promise.resolve([]) },
  });
  return looking;
}

/** What is seen of one entitlement now. */
export async function findingsOf(
  deps: PreflightDeps,
  entitlement: Entitlement,
  alias?: string,
): Promise<readonly Finding[]> {
  const { accountId } = entitlement.target;
  const { findings } = await lookAtAccount(deps, { accountId, alias, entitlements: [entitlement] });
  return findings.get(entitlement.id) ?? [];
}

/** `check level` of all findings that are neither well nor only worth knowing, and whether they stop approval. */
export function wrong(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ level }) => level !== 'ok' && level !== 'info')
    .map(({ check, level, stops }) => `${check} ${level}${stops ? ' stops' : ''}`);
}

export function accountIn(house: House, id = prod): Account {
  const found = house.aws.world.accounts.find((account) => account.id === id);
  if (found === undefined) throw new Error(`there is no account ${id}`);
  return found;
}

export function roleIn(house: House, name: string, id = prod): Role {
  const found = accountIn(house, id).roles.find((role) => role.name === name);
  if (found === undefined) throw new Error(`there is no role ${name}`);
  return found;
}
