import { parseDuration } from './duration.ts';
import { defaults } from './limits.ts';
import { type Rule, rulesOf } from './rules/rule.ts';
import type { CatalogFile } from './schema.ts';
import type { ApproveEntry, StepEntry, WhoEntry } from './schema-approve.ts';
import { onlyStep } from './steps.ts';
import type { ApproveRule, Step, Who } from './types.ts';

/**
 * Who approves, with names of people become subjects and owners become groups and people.
 * @param account the name of the entitlement's account in the file
 */
export function resolveApprove(entry: ApproveEntry, account: string, file: CatalogFile): ApproveRule {
  const { steps, ...only } = entry;
  if (steps !== undefined) return { steps: steps.map((step) => resolveStep(step, account, file)) };
  const step = resolveStep({ name: onlyStep, ...only }, account, file);
  const { groups, ...others } = step.who;
  const simple =
    Object.keys(others).length === 0 && step.escalate === undefined && step.delegates === undefined;
  if (simple && groups !== undefined && step.count !== 'all') return { groups, count: step.count };
  return { steps: [step] };
}

/** The rules of an entitlement, in an order of their own: the order of the file decides nothing. */
export function resolveRules(entries: Parameters<typeof rulesOf>[0]): { readonly rules?: readonly Rule[] } {
  const rules = rulesOf(entries).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return rules.length === 0 ? {} : { rules };
}

/** The OIDC subjects of people by their names in the file, sorted, each once. */
export function subjects(names: readonly string[], file: CatalogFile): string[] {
  const { people = {} } = file;
  const found = names.map((name) => {
    const person = Object.hasOwn(people, name) ? people[name] : undefined;
    if (person === undefined) throw new Error(`the catalog was not checked: nobody is named ${name}`);
    return person.subject;
  });
  return [...new Set(found)].toSorted();
}

function resolveStep(entry: StepEntry, account: string, file: CatalogFile): Step {
  const { escalate, delegates, when } = entry;
  return {
    name: entry.name,
    who: resolveWho(entry, account, file),
    count: entry.count ?? defaults.approveCount,
    ...(when === undefined ? {} : { when }),
    ...(escalate === undefined
      ? {}
      : { escalate: { afterSeconds: seconds(escalate.after), who: resolveWho(escalate.to, account, file) } }),
    ...(delegates === undefined ? {} : { delegates: resolveWho(delegates, account, file) }),
  };
}

/** Whom a map names, with names of people become subjects and owners become groups and people. */
export function resolveWho(entry: WhoEntry, account: string, file: CatalogFile): Who {
  const owners = entry.accountOwner === true ? file.accounts[account]?.owners : undefined;
  const groups = [...new Set([...(entry.groups ?? []), ...(owners?.groups ?? [])])].toSorted();
  const people = subjects([...(entry.people ?? []), ...(owners?.people ?? [])], file);
  return {
    ...(groups.length === 0 ? {} : { groups }),
    ...(people.length === 0 ? {} : { people }),
    ...(entry.manager === true ? { manager: true } : {}),
    ...(entry.onCall === undefined ? {} : { onCall: [...new Set(entry.onCall)].toSorted() }),
  };
}

function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new Error('the duration was not checked');
  return value;
}
