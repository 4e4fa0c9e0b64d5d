import { checkDuration } from './check-duration.ts';
import { checkGroupNames } from './check-group-names.ts';
import type { LocatedDocument, Path } from './document.ts';
import type { Guardrails } from './guardrails.ts';
import { ranges } from './limits.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { checkConditionAt } from './rules/check-rules.ts';

/** What the rules of an entitlement may refer to and must stay within. */
export interface ApproveSurroundings {
  readonly groups: ReadonlySet<string>;
  /** The names under `people`. */
  readonly people: ReadonlySet<string>;
  /** The names under `onCall`. */
  readonly schedules: ReadonlySet<string>;
  readonly guardrails: Guardrails;
}

const sources = ['groups', 'people', 'accountOwner', 'manager', 'onCall'];

/** Notes what the schema cannot see in who may ask and who approves. */
export function checkApprove(document: LocatedDocument, top: Path, around: ApproveSurroundings): void {
  checkWho(document, [...top, 'ask'], top, around);
  const path = [...top, 'approve'];
  const steps = document.at([...path, 'steps']);
  if (steps === undefined) {
    checkStep(document, path, top, around);
  } else {
    const others = Object.keys(mapAt(document, path)).filter((key) => key !== 'steps');
    for (const key of others) {
      document.note(
        [...path, key],
        'key',
        `${quoted(key)} beside 'steps' has no effect: move it into a step`,
      );
    }
    checkSteps(document, path, top, Array.isArray(steps) ? steps.length : 0, around);
  }
  checkLeast(document, top, around.guardrails);
}

function checkSteps(
  document: LocatedDocument,
  path: Path,
  top: Path,
  count: number,
  around: ApproveSurroundings,
): void {
  const seen = new Set<unknown>();
  for (let index = 0; index < count; index += 1) {
    const step = [...path, 'steps', index];
    const name = document.at([...step, 'name']);
    if (typeof name === 'string' && seen.has(name)) {
      document.note([...step, 'name'], 'value', `two steps are named ${quoted(name)}: rename one`);
    }
    seen.add(name);
    checkConditionAt(document, [...step, 'when'], around);
    checkStep(document, step, top, around);
  }
}

function checkStep(document: LocatedDocument, path: Path, top: Path, around: ApproveSurroundings): void {
  checkWho(document, path, top, around);
  checkCount(document, path);
  if (document.at([...path, 'escalate']) !== undefined) {
    checkDuration(document, [...path, 'escalate', 'after'], ranges.escalate);
    checkWho(document, [...path, 'escalate', 'to'], top, around);
  }
  if (document.at([...path, 'delegates']) !== undefined) {
    checkWho(document, [...path, 'delegates'], top, around);
  }
}

/** Notes names that do not exist in a map that names people, and one that names nobody. */
export function checkWho(
  document: LocatedDocument,
  path: Path,
  top: Path,
  around: ApproveSurroundings,
): void {
  const who = document.at(path);
  if (typeof who !== 'object' || who === null || Array.isArray(who)) return;
  if (!sources.some((key) => document.at([...path, key]) !== undefined)) {
    const known = path.at(-1) === 'ask' ? 'groups or people' : `one of ${sources.join(', ')}`;
    document.note(path, 'key', `${quoted(path.at(-1))} names nobody: add ${known}`);
  }
  checkGroupNames(document, [...path, 'groups'], around.groups);
  checkKnown(document, [...path, 'people'], around.people, 'nobody', 'people');
  checkKnown(document, [...path, 'onCall'], around.schedules, 'no schedule', 'onCall');
  if (document.at([...path, 'accountOwner']) === true) checkOwners(document, [...path, 'accountOwner'], top);
}

function checkOwners(document: LocatedDocument, path: Path, top: Path): void {
  const account =
    document.at([...top, 'role', 'account']) ?? document.at([...top, 'permissionSet', 'account']);
  if (typeof account !== 'string' || document.at(['accounts', account]) === undefined) return;
  if (document.at(['accounts', account, 'owners']) !== undefined) return;
  document.note(path, 'key', `the account ${quoted(account)} has no owners: add them under accounts`);
}

function checkCount(document: LocatedDocument, path: Path): void {
  const count = document.at([...path, 'count']);
  const people = document.at([...path, 'people']);
  const others = sources.filter((key) => key !== 'people' && document.at([...path, key]) !== undefined);
  const onlyNamed = Array.isArray(people) && others.length === 0;
  if (count === 'all') {
    if (!onlyNamed) {
      document.note(
        [...path, 'count'],
        'value',
        "'all' means every one of named people: name them under people, and nobody else",
      );
    } else if (document.at([...path, 'escalate']) !== undefined) {
      document.note([...path, 'escalate'], 'key', "'all' asks everybody from the start: take escalate out");
    }
    return;
  }
  if (
    typeof count === 'number' &&
    onlyNamed &&
    count > people.length &&
    document.at([...path, 'escalate']) === undefined
  ) {
    document.note(
      [...path, 'count'],
      'value',
      `asks for ${count} of ${people.length} people: nobody could ever be given it`,
    );
  }
}

/** Notes names of a list that `section` does not have, and those listed twice. */
export function checkKnown(
  document: LocatedDocument,
  path: Path,
  known: ReadonlySet<string>,
  none: string,
  section: string,
): void {
  const names = document.at(path);
  if (!Array.isArray(names)) return;
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue;
    if (names.indexOf(name) < index) {
      document.note([...path, index], 'value', `${quoted(name)} is listed twice: take one out`);
    } else if (!known.has(name)) {
      document.note(
        [...path, index],
        'value',
        `${none} is named ${quoted(name)}: add it under ${section}${didYouMean(name, known)}`,
      );
    }
  }
}

/** No catalog asks for fewer approvals than the configuration demands. */
function checkLeast(document: LocatedDocument, top: Path, { minApprovals }: Guardrails): void {
  if (minApprovals === 0) return;
  for (const [name, rule] of Object.entries(mapAt(document, [...top, 'rules']))) {
    if (typeof rule === 'object' && rule !== null && 'approve' in rule) {
      document.note(
        [...top, 'rules', name],
        'key',
        'a guardrail demands that people approve: this rule approves without anybody, take it out',
      );
    }
  }
  const path = [...top, 'approve'];
  const steps = document.at([...path, 'steps']);
  const each = Array.isArray(steps) ? steps.map((_, index) => [...path, 'steps', index]) : [path];
  // A step that is asked for only sometimes is no approval that can be counted on.
  const least = each
    .filter((step) => document.at([...step, 'when']) === undefined)
    .reduce((sum, step) => sum + countOf(document, step), 0);
  if (least >= minApprovals || document.at(path) === undefined) return;
  document.note(
    path,
    'key',
    `a guardrail demands ${minApprovals} approvals at the least, and this asks for ${least}: raise count, or add a step`,
  );
}

function countOf(document: LocatedDocument, step: Path): number {
  const count = document.at([...step, 'count']) ?? 1;
  if (typeof count === 'number') return count;
  const people = document.at([...step, 'people']);
  // Whose access it is, and who asked for it, are left out where they are among them; somebody always answers.
  return Array.isArray(people) ? Math.max(1, people.length - 2) : 0;
}

function mapAt(document: LocatedDocument, path: Path): Record<string, unknown> {
  const map = document.at(path);
  return typeof map === 'object' && map !== null && !Array.isArray(map)
    ? (map as Record<string, unknown>)
    : {};
}
