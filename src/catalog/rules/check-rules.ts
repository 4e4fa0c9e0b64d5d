import type { LocatedDocument, Path } from '../document.ts';
import { quoted } from '../lookalike.ts';
import { didYouMean } from '../nearest.ts';
import { checkCondition } from './condition.ts';
import { maxRuleNameLength, ruleNamePattern } from './schema-rules.ts';

/** Names of the catalog that conditions may use. */
export interface KnownNames {
  readonly schedules: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/**
 * Notes what the schema cannot see in a map of rules: names, which of deny and approve, conditions that are none.
 * @param path of the map; nothing happens where there is none
 */
export function checkRules(document: LocatedDocument, path: Path, known: KnownNames): void {
  const rules = document.at(path);
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) return;
  for (const [name, rule] of Object.entries(rules)) {
    if (document.full) return;
    const at = [...path, name];
    if (!new RegExp(ruleNamePattern).test(name) || name.length > maxRuleNameLength) {
      document.note(
        at,
        'key',
        `rule name ${quoted(name)} must be lower-case letters, digits and '-', at most ${maxRuleNameLength}`,
      );
    }
    if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) continue;
    const [denies, approves] = ['deny', 'approve'].map((key) => document.at([...at, key]) !== undefined);
    if (denies === true && approves === true) {
      document.note([...at, 'approve'], 'key', 'a rule does one thing: keep either deny or approve');
    } else if (denies !== true && approves !== true) {
      document.note(at, 'key', `${quoted(name)} decides nothing: add deny or approve`);
    }
    for (const key of ['deny', 'approve']) checkConditionAt(document, [...at, key], known);
  }
}

/**
 * Notes what is wrong with the condition at a path, and the schedules and groups in it that the catalog does not have.
 * What has the wrong type is skipped: the schema has noted it.
 */
export function checkConditionAt(document: LocatedDocument, path: Path, known: KnownNames): void {
  const source = document.at(path);
  if (typeof source !== 'string' || source === '') return;
  const checked = checkCondition(source);
  if (!checked.ok) {
    document.note(path, 'value', `the condition ${quoted(path.at(-1))}: ${checked.message}`);
    return;
  }
  noteMissing(document, path, 'schedule', checked.schedules, known.schedules);
  noteMissing(document, path, 'group', checked.groups, known.groups);
}

function noteMissing(
  document: LocatedDocument,
  path: Path,
  what: string,
  used: ReadonlySet<string>,
  known: ReadonlySet<string>,
): void {
  for (const name of used) {
    if (known.has(name)) continue;
    document.note(
      path,
      'value',
      `no ${what} is named ${quoted(name)}: add it to ${what}s${didYouMean(name, known)}`,
    );
  }
}
