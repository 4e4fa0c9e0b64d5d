import { checkAccountFacts } from './check-account-facts.ts';
import { checkBundles } from './check-bundles.ts';
import { checkOutside } from './check-eligibility.ts';
import { checkEntitlement } from './check-entitlement.ts';
import { checkAccounts, checkGroups, checkIds, checkPeople } from './check-names.ts';
import { checkSharedRoles } from './check-shared-roles.ts';
import { checkSizes } from './check-size.ts';
import { LocatedDocument } from './document.ts';
import { checkOnCall } from './on-call.ts';
import { expandFleets } from './expand-fleets.ts';
import type { Guardrails } from './guardrails.ts';
import { defaultOwnNames, type OwnNames } from './policy/guards.ts';
import { resolveCatalog } from './resolve.ts';
import type { CatalogFile } from './schema.ts';
import { checkStructure } from './structure.ts';
import type { Catalog, Problem } from './types.ts';
import { warnings } from './warn.ts';

export type CheckResult =
  | { readonly ok: true; readonly catalog: Catalog; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: Problem[] };

/**
 * Checks the text of a catalog against its shape, its own names, the guardrails and what STS takes. Never throws.
 * @param own what Daypass's own policy and roles are called: session policies name them
 * @returns every problem at once (up to 1000), in the order of the file; a catalog only when there is none
 */
export function checkCatalog(
  source: string,
  guardrails: Guardrails,
  own: OwnNames = defaultOwnNames,
): CheckResult {
  const document = new LocatedDocument(source);
  let usedRuleSets: ReadonlySet<string> = new Set();
  if (document.value !== undefined) {
    checkStructure(document);
    const groups = checkGroups(document);
    const accounts = checkAccounts(document);
    const people = checkPeople(document);
    checkOutside(document, groups, people);
    checkOnCall(document, people);
    const schedules = new Set(document.keysAt(['onCall']));
    checkAccountFacts(document, groups);
    usedRuleSets = expandFleets(document);
    const ids = checkIds(document);
    for (const id of ids) {
      if (document.full) break;
      checkEntitlement(document, id, { groups, people, schedules, accounts, guardrails });
    }
    checkBundles(document, ids);
    checkSharedRoles(document, ids);
  }
  if (document.problems.length === 0) {
    const catalog = resolveCatalog(document.value as CatalogFile, source);
    checkSizes(document, catalog, own);
    if (document.problems.length === 0) {
      return { ok: true, catalog, warnings: warnings(document, catalog, usedRuleSets) };
    }
  }
  return { ok: false, problems: inOrder(document.problems) };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
