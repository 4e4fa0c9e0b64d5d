import { parseDuration } from './duration.ts';
import { defaultAssurance, defaults } from './limits.ts';
import { resolveOnCall } from './on-call.ts';
import { resolveAccount, resolveOwners } from './resolve-accounts.ts';
import { resolveApprove, resolveRules, subjects } from './resolve-approve.ts';
import { resolveBreakGlass } from './resolve-break-glass.ts';
import { resolveOutside, resolvePeople, resolveReviews } from './resolve-eligibility.ts';
import { resolveSession } from './resolve-session.ts';
import type { AssuranceEntry, CatalogFile, EntitlementEntry } from './schema.ts';
import { canonicalDigest, offeredTerms } from './terms.ts';
import { checkTicketPattern } from './ticket.ts';
import type { AssuranceDemand, Catalog, Entitlement, Target } from './types.ts';

/**
 * Fills in every default of a file that check.ts found nothing wrong with.
 * @throws Error on a file that was not checked: it never guesses
 */
export function resolveCatalog(file: CatalogFile, source: string): Catalog {
  const entitlements = new Map<string, Entitlement>();
  for (const [id, entry] of Object.entries(file.entitlements)) {
    entitlements.set(id, resolveEntitlement(id, entry, file));
  }
  const groups = file.groups.toSorted();
  const terms = [...entitlements.keys()].sort().flatMap((id) => {
    const entitlement = entitlements.get(id);
    return entitlement === undefined ? [] : [offeredTerms(entitlement)];
  });
  const bundles = Object.entries(file.bundles ?? {});
  const aliases = Object.values(file.accounts).flatMap(({ id, alias }) =>
    alias === undefined ? [] : [[id, alias] as const],
  );
  const owners = resolveOwners(file);
  const people = resolvePeople(file);
  const { outside } = resolveOutside(file, people);
  const onCall = resolveOnCall(
    file.onCall ?? {},
    new Map([...people].map(([name, { subject }]) => [name, subject])),
  ).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const version = canonicalDigest({
    catalog: 1,
    groups,
    entitlements: terms,
    ...(bundles.length === 0 ? {} : { bundles: Object.fromEntries(bundles) }),
    ...(aliases.length === 0 ? {} : { aliases: Object.fromEntries(aliases) }),
    ...(owners.size === 0 ? {} : { owners: Object.fromEntries(owners) }),
    ...(people.size === 0 ? {} : { people: Object.fromEntries(people) }),
    ...(outside === undefined || outside.groups.size === 0
      ? {}
      : { outside: { groups: [...outside.groups] } }),
    ...(onCall.length === 0 ? {} : { onCall }),
  });
  return {
    version,
    source,
    entitlements,
    groups: new Set(groups),
    people,
    ...(outside === undefined ? {} : { outside }),
    onCall,
    accounts: new Map(Object.entries(file.accounts).map(([name, { id }]) => [name, id])),
    ...(aliases.length === 0 ? {} : { aliases: new Map(aliases) }),
    ...(owners.size === 0 ? {} : { owners }),
    bundles: new Map(bundles),
  };
}

function resolveEntitlement(id: string, entry: EntitlementEntry, file: CatalogFile): Entitlement {
  const key = entry.role?.account ?? entry.permissionSet?.account ?? '';
  const account = Object.hasOwn(file.accounts, key) ? file.accounts[key] : undefined;
  if (account === undefined) throw new Error(`entitlement ${id} was not checked: no such account`);
  const assurance = {
    ask: resolveDemand(entry.assurance?.ask, defaultAssurance.ask),
    approve: resolveDemand(entry.assurance?.approve, defaultAssurance.approve),
    issue: resolveDemand(entry.assurance?.issue, defaultAssurance.issue),
  };
  const maxDurationSeconds = seconds(entry.maxDuration);
  const levels = [
    ...Object.values(assurance).map(({ level }) => level),
    ...(entry.conditions?.assurance === undefined ? [] : [entry.conditions.assurance]),
  ];
  return {
    id,
    description: entry.description.trim().replace(/\s+/g, ' '),
    account: resolveAccount(key, account),
    target: resolveTarget(entry, account.id),
    ask: {
      groups: (entry.ask.groups ?? []).toSorted(),
      ...(entry.ask.people === undefined ? {} : { people: subjects(entry.ask.people, file) }),
    },
    approve: resolveApprove(entry.approve, key, file),
    ...resolveRules(entry.rules),
    ...resolveReviews(entry, key, file),
    ...resolveBreakGlass(entry.breakGlass, { account: key, maxDurationSeconds, levels }, file),
    maxDurationSeconds,
    sessionSeconds: seconds(entry.sessionDuration, defaults.sessionSeconds),
    requestExpiresSeconds: seconds(entry.requestExpires, defaults.requestExpiresSeconds),
    assurance,
    ticketPattern: entry.ticket === undefined ? null : anchoredPattern(entry.ticket),
    ...(entry.ticketValidated === true ? { ticketValidated: true } : {}),
    allowOnward: entry.allowOnward ?? false,
    allowIamWrite: entry.allowIamWrite ?? false,
    ...(entry.roleWideDeny === true ? { roleWideDeny: true } : {}),
    ...resolveSession(entry, account.id),
  };
}

function resolveTarget(entry: EntitlementEntry, accountId: string): Target {
  if (entry.role !== undefined) {
    return {
      kind: 'role',
      accountId,
      roleArn: roleArn(accountId, entry.role.name),
      externalId: entry.role.externalId ?? null,
      maxSessionSeconds: seconds(entry.role.maxSession, defaults.awsSessionSeconds),
    };
  }
  if (entry.permissionSet === undefined) throw new Error('the entitlement was not checked: no target');
  return {
    kind: 'permission-set',
    accountId,
    permissionSetArn: entry.permissionSet.arn,
    sessionSeconds: seconds(entry.permissionSet.session, defaults.awsSessionSeconds),
  };
}

/** The ARN of a role. @param name with its path, if any, and no leading slash */
export function roleArn(accountId: string, name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}

function resolveDemand(entry: AssuranceEntry | undefined, fallback: AssuranceDemand): AssuranceDemand {
  if (entry === undefined) return fallback;
  if (typeof entry === 'string') return { level: entry, maxAgeSeconds: fallback.maxAgeSeconds };
  const { level, maxAge } = entry;
  const maxAgeSeconds =
    maxAge === undefined ? fallback.maxAgeSeconds : maxAge === 'any' ? null : seconds(maxAge);
  return { level, maxAgeSeconds };
}

function seconds(text: string | undefined, fallback?: number): number {
  const value = text === undefined ? fallback : parseDuration(text);
  if (value === undefined || value === null) throw new Error('the duration was not checked');
  return value;
}

function anchoredPattern(pattern: string): string {
  const checked = checkTicketPattern(pattern);
  if (!checked.ok) throw new Error('the ticket pattern was not checked');
  return checked.anchored;
}
