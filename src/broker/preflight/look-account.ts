import type { AccountInspector, RoleFacts } from '../../aws/inspect-account.ts';
import type { InspectPermissionSet } from '../../aws/inspect-permission-set.ts';
import type { OwnNames } from '../../catalog/policy/guards.ts';
import type { Entitlement } from '../../catalog/types.ts';
import {
  checkAlias,
  checkBoundaryPolicy,
  checkDenyWriter,
  checkInspector,
  type OwnRole,
} from './check-account.ts';
import { checkPermissionSet } from './check-permission-set.ts';
import { checkRole } from './check-role.ts';
import { checkSessionSize } from './check-size.ts';
import { type Check, type Finding, stopping, unknown, warning } from './finding.ts';
import { createSee, type Patience, type See, type Seen } from './see.ts';
import type { Broker } from './trust-broker.ts';

export interface LookDeps extends Patience {
  /** Who Daypass is at AWS. Rejects while that cannot be said. */
  readonly broker: () => Promise<Broker>;
  /** What reads an account. Nothing is asked of AWS until it is used. */
  readonly inspectorOf: (accountId: string) => Promise<AccountInspector>;
  /** Null: IAM Identity Center is not configured. */
  readonly permissionSet: InspectPermissionSet | null;
  readonly names: OwnNames;
}

/** What the catalog has in one account. */
export interface AccountOffer {
  readonly accountId: string;
  readonly alias?: string | undefined;
  readonly entitlements: readonly Entitlement[];
}

export interface Look {
  /** By entitlement; those of the account stand in each. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** False: something could not be reached, so it is worth looking again soon. */
  readonly complete: boolean;
}

/** Looks at everything that the catalog has in one account. Reads only, and never rejects for what AWS does. */
export async function lookAtAccount(deps: LookDeps, offer: AccountOffer): Promise<Look> {
  const see = noting(createSee(deps));
  const center = noting(createSee(deps));
  const broker = await see.see(deps.broker);
  const inspector = await see.see(() => deps.inspectorOf(offer.accountId));
  const entered = inspector.seen ? await see.see(() => inspector.value.enter()) : inspector;
  const inside =
    broker.seen && inspector.seen && entered.seen
      ? { broker: broker.value, inspector: inspector.value }
      : null;
  const account =
    inside === null
      ? { findings: notEntered(deps, offer.accountId, broker, entered), boundaryMissing: false }
      : await lookAround(deps, offer, inside, see.see);

  const findings = new Map<string, readonly Finding[]>();
  const roles = new Map<string, Seen<RoleFacts | null>>();
  for (const entitlement of offer.entitlements) {
    const { target } = entitlement;
    let own: Finding[];
    if (target.kind === 'permission-set') {
      own = await lookAtPermissionSet(deps, target, account.boundaryMissing, center.see);
    } else if (inside === null) {
      own = [notSeen('role', 'the role', 'Daypass could not look into the account')];
    } else {
      const role =
        roles.get(target.roleArn) ?? (await see.see(() => inside.inspector.role(nameOf(target.roleArn))));
      roles.set(target.roleArn, role);
      const wanted = { broker: inside.broker, boundaryArn: boundaryArn(deps, offer.accountId) };
      own = role.seen
        ? checkRole(entitlement, target, role.value, wanted)
        : [notSeen('role', 'the role', inspectorHint(deps, role))];
    }
    if (target.kind === 'role') own.push(checkSessionSize(entitlement, deps.names));
    findings.set(entitlement.id, [...own, ...account.findings]);
  }
  return { findings, complete: see.complete() && center.complete() };
}

function noting(see: See): { readonly see: See; complete(): boolean } {
  let complete = true;
  return {
    async see(read) {
      const seen = await see(read);
      if (!seen.seen && !seen.refused) complete = false;
      return seen;
    },
    complete: () => complete,
  };
}

interface Inside {
  readonly broker: Broker;
  readonly inspector: AccountInspector;
}

/** What is the account's own: its name, the boundary policy, Daypass's roles in it. */
async function lookAround(deps: LookDeps, offer: AccountOffer, { broker, inspector }: Inside, see: See) {
  const { names } = deps;
  const arn = boundaryArn(deps, offer.accountId);
  const ownRole = async (path: string): Promise<OwnRole | null> => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const facts = await inspector.role(name);
    const rights = facts === null ? null : await inspector.rights(name);
    return facts === null || rights === null ? null : { facts, rights };
  };
  const alias = await see(() => inspector.alias());
  const policy = await see(() => inspector.policy(arn));
  const writer = await see(() => ownRole(names.denyWriterRole));
  const self = await see(() => ownRole(names.inspectorRole));
  const or = <T>(seen: Seen<T>, check: Check, what: string, judge: (value: T) => Finding[]): Finding[] =>
    seen.seen ? judge(seen.value) : [notSeen(check, what, inspectorHint(deps, seen))];
  return {
    boundaryMissing: policy.seen && policy.value === null,
    findings: [
      ...or(alias, 'account', 'the name of the account', (found) => [
        checkAlias(offer.accountId, found, offer.alias),
      ]),
      ...or(policy, 'boundary-policy', 'the boundary policy', (document) =>
        checkBoundaryPolicy(document, arn),
      ),
      ...or(writer, 'deny-writer', 'the role that writes denies', (role) =>
        checkDenyWriter(role, broker, arn, names),
      ),
      ...or(self, 'inspector', 'the role that looks', (role) => checkInspector(role, broker, names)),
    ],
  };
}

async function lookAtPermissionSet(
  deps: LookDeps,
  target: Extract<Entitlement['target'], { kind: 'permission-set' }>,
  boundaryMissing: boolean,
  see: See,
): Promise<Finding[]> {
  const { permissionSet } = deps;
  if (permissionSet === null)
    return [notSeen('permission-set', 'the permission set', 'IAM Identity Center is not configured')];
  const found = await see(() => permissionSet(target.permissionSetArn));
  if (!found.seen) {
    const more = found.refused
      ? `${found.why}: let Daypass's own role describe permission sets and their boundaries`
      : found.why;
    return [notSeen('permission-set', 'the permission set', more)];
  }
  const findings = checkPermissionSet(target, found.value, deps.names.boundaryPolicy);
  if (!boundaryMissing || found.value === null || found.value.boundary === null) return findings;
  const more = `Assignments fail in account ${target.accountId} until it has the policy ${found.value.boundary.slice(1)}.`;
  return [...findings, stopping('boundary', 'The permission set cannot be assigned in this account.', more)];
}

function notEntered(
  deps: LookDeps,
  accountId: string,
  broker: Seen<Broker>,
  entered: Seen<unknown>,
): Finding[] {
  if (!broker.seen) return [notSeen('inspector', 'the account', broker.why)];
  if (entered.seen) return [];
  const { inspectorRole } = deps.names;
  if (!entered.refused) return [notSeen('inspector', 'the account', entered.why)];
  const { accountId: home, roleName } = broker.value;
  return [
    warning(
      'inspector',
      'Daypass may not look into the account, so nothing is known of it.',
      `Role ${inspectorRole} of account ${accountId} cannot be assumed (${entered.why}): make it there, and let role ${roleName} of account ${home} assume it.`,
    ),
  ];
}

function notSeen(check: Check, what: string, why: string): Finding {
  return unknown(check, `Nothing is known of ${what} now.`, `${why}.`);
}

function inspectorHint({ names }: LookDeps, { why, refused }: Extract<Seen<never>, { seen: false }>): string {
  return refused ? `${why}: let role ${names.inspectorRole} read it` : why;
}

function boundaryArn({ names }: LookDeps, accountId: string): string {
  return `arn:aws:iam::${accountId}:policy/${names.boundaryPolicy}`;
}

function nameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}
