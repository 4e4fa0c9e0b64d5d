import { checkEntitlement } from './check-entitlement.ts';
import { checkAccounts, checkGroups, checkIds } from './check-names.ts';
import { LocatedDocument } from './document.ts';
import type { Guardrails } from './guardrails.ts';
import type { CatalogFile } from './schema.ts';
import { checkStructure } from './structure.ts';
import type { Problem } from './types.ts';

export type CheckResult = { ok: true; file: CatalogFile } | { ok: false; problems: Problem[] };

/**
 * Checks the text of a catalog against its shape, its own names and the guardrails. Never throws.
 * @returns every problem at once (up to 1000), in the order of the file; a file only when there is none
 */
export function checkCatalog(source: string, guardrails: Guardrails): CheckResult {
  const document = new LocatedDocument(source);
  if (document.value !== undefined) {
    checkStructure(document);
    const groups = checkGroups(document);
    const accounts = checkAccounts(document);
    for (const id of checkIds(document)) {
      if (document.full) break;
      checkEntitlement(document, id, { groups, accounts, guardrails });
    }
  }
  if (document.problems.length === 0) return { ok: true, file: document.value as CatalogFile };
  return { ok: false, problems: inOrder(document.problems) };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ line, column, message }) => {
      const key = `${line}:${column}:${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}
