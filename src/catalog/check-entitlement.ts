import { type ApproveSurroundings, checkApprove } from './check-approve.ts';
import { checkBreakGlass } from './check-break-glass.ts';
import { checkDuration } from './check-duration.ts';
import { checkReviewEvery } from './check-eligibility.ts';
import type { LocatedDocument, Path } from './document.ts';
import { formatDuration } from './duration.ts';
import { forbiddenBy, type Guardrails } from './guardrails.ts';
import { defaultAssurance, ranges } from './limits.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { checkRules } from './rules/check-rules.ts';
import { checkSession } from './check-session.ts';
import { roleArn } from './resolve.ts';
import { checkTicketPattern } from './ticket.ts';
import { assuranceLevels, type AssuranceLevel } from './types.ts';

/** What an entitlement may refer to and must stay within. */
export interface Surroundings extends ApproveSurroundings {
  /** Ids by name; null where the id could not be read. */
  readonly accounts: ReadonlyMap<string, string | null>;
}

/**
 * Notes what the schema cannot see in one entitlement: names that do not exist, lengths out of range, what guardrails
 * forbid. What has the wrong type is skipped here: the schema has noted it.
 */
export function checkEntitlement(document: LocatedDocument, id: string, around: Surroundings): void {
  const top = ['entitlements', id];
  const entry = document.at(top);
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return;
  checkTarget(document, top, around);
  checkApprove(document, top, around);
  checkRules(document, [...top, 'rules'], around);
  checkBreakGlass(document, top, around);
  checkReviewEvery(document, top, around);
  checkMaxDuration(document, [...top, 'maxDuration'], around.guardrails);
  checkDuration(document, [...top, 'sessionDuration'], ranges.sessionDuration);
  checkDuration(document, [...top, 'requestExpires'], ranges.requestExpires);
  for (const step of ['ask', 'approve', 'issue']) {
    checkDuration(document, [...top, 'assurance', step, 'maxAge'], ranges.maxAge);
  }
  checkIssueLevel(document, top, around.guardrails);
  checkSession(document, top);
  const ticket = document.at([...top, 'ticket']);
  if (document.at([...top, 'ticketValidated']) === true && ticket === undefined) {
    document.note(
      [...top, 'ticketValidated'],
      'key',
      `'ticketValidated' needs a ticket to validate: add ticket, a pattern for the whole of it`,
    );
  }
  if (typeof ticket === 'string' && ticket !== '') {
    const checked = checkTicketPattern(ticket);
    if (!checked.ok) document.note([...top, 'ticket'], 'value', `the ticket pattern ${checked.message}`);
  }
}

function checkTarget(document: LocatedDocument, top: Path, around: Surroundings): void {
  const hasRole = document.at([...top, 'role']) !== undefined;
  const hasPermissionSet = document.at([...top, 'permissionSet']) !== undefined;
  if (hasRole && hasPermissionSet) {
    document.note(
      [...top, 'permissionSet'],
      'key',
      'an entitlement has one target: keep either role or permissionSet',
    );
  } else if (!hasRole && !hasPermissionSet) {
    document.note(top, 'key', `${quoted(top.at(-1))} needs a target: add role or permissionSet`, 'target');
  }
  checkDuration(document, [...top, 'role', 'maxSession'], ranges.awsSession);
  checkDuration(document, [...top, 'permissionSet', 'session'], ranges.awsSession);
  for (const kind of ['role', 'permissionSet'])
    checkAccount(document, [...top, kind, 'account'], around.accounts);
  checkForbidden(document, top, around);
  if (hasRole || !hasPermissionSet) return;
  for (const key of [
    'sessionDuration',
    'allowOnward',
    'allowIamWrite',
    'roleWideDeny',
    'conditions',
    'choices',
  ]) {
    if (document.at([...top, key]) === undefined) continue;
    if (document.pointerTo([...top, key]).startsWith('/ruleSets/')) {
      document.note(
        top,
        'key',
        `${quoted(top.at(-1))} takes '${key}' from its rule set, which has no effect on a permission set, whose sessions AWS makes: use a rule set without it`,
        key,
      );
      continue;
    }
    document.note(
      [...top, key],
      'key',
      `'${key}' has no effect on a permission set, whose sessions AWS makes: take it out`,
    );
  }
}

function checkAccount(document: LocatedDocument, path: Path, accounts: Surroundings['accounts']): void {
  const account = document.at(path);
  if (typeof account !== 'string' || accounts.has(account)) return;
  document.note(
    path,
    'value',
    `no account is named ${quoted(account)}: add it under accounts${didYouMean(account, accounts.keys())}`,
  );
}

function checkForbidden(document: LocatedDocument, top: Path, around: Surroundings): void {
  const name = document.at([...top, 'role', 'name']);
  const account = document.at([...top, 'role', 'account']);
  if (typeof name === 'string') {
    const accountId = (typeof account === 'string' ? around.accounts.get(account) : null) ?? '';
    noteForbidden(document, [...top, 'role', 'name'], roleArn(accountId, name), around.guardrails);
  }
  const arn = document.at([...top, 'permissionSet', 'arn']);
  if (typeof arn === 'string')
    noteForbidden(document, [...top, 'permissionSet', 'arn'], arn, around.guardrails);
}

function noteForbidden(document: LocatedDocument, path: Path, arn: string, guardrails: Guardrails): void {
  const entry = forbiddenBy(arn, guardrails);
  if (entry === null) return;
  document.note(
    path,
    'value',
    `a guardrail forbids ${quoted(document.at(path))} (${entry}): choose another target`,
  );
}

function checkMaxDuration(document: LocatedDocument, path: Path, guardrails: Guardrails): void {
  const seconds = checkDuration(document, path, ranges.maxDuration);
  if (seconds === null || seconds <= guardrails.maxDurationSeconds) return;
  const limit = formatDuration(guardrails.maxDurationSeconds);
  document.note(
    path,
    'value',
    `a guardrail allows no grant longer than ${limit}: write maxDuration: ${limit} or less`,
  );
}

function checkIssueLevel(document: LocatedDocument, top: Path, guardrails: Guardrails): void {
  const path = [...top, 'assurance', 'issue'];
  const demand = document.at(path);
  const inner = document.at([...path, 'level']);
  const level = inner ?? (demand === undefined ? defaultAssurance.issue.level : demand);
  const rank = assuranceLevels.indexOf(level as AssuranceLevel);
  if (rank === -1 || rank >= assuranceLevels.indexOf(guardrails.minAssuranceIssue)) return;
  const where = inner === undefined ? path : [...path, 'level'];
  const least = guardrails.minAssuranceIssue;
  const message = `a guardrail demands ${least} or stronger for issuing: write assurance: { issue: ${least} }`;
  document.note(demand === undefined ? top : where, demand === undefined ? 'key' : 'value', message);
}
