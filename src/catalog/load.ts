import { checkCatalog, type CheckResult } from './check.ts';
import { defaultGuardrails, type Guardrails } from './guardrails.ts';
import { defaultOwnNames, type OwnNames } from './policy/guards.ts';
import { readCatalogFile } from './read-file.ts';
import type { Problem } from './types.ts';

export type CatalogResult = CheckResult;

/**
 * Reads a catalog from its text. Pure, and never throws on any text.
 * @param source YAML, at most 5 MiB
 * @param own what Daypass's own policy and roles are called in the target accounts
 * @returns the catalog with warnings, or every problem at once in the order of the file
 */
export function parseCatalog(
  source: string,
  guardrails: Guardrails = defaultGuardrails,
  own: OwnNames = defaultOwnNames,
): CatalogResult {
  return checkCatalog(source, guardrails, own);
}

/** Reads a catalog from a file. A file that cannot be read is a problem like any other: it never throws for it. */
export async function loadCatalogFile(
  path: string,
  guardrails: Guardrails = defaultGuardrails,
  own: OwnNames = defaultOwnNames,
): Promise<CatalogResult> {
  const read = await readCatalogFile(path);
  return read.ok ? parseCatalog(read.source, guardrails, own) : unreadable(read.reason);
}

/** One line a problem, for people and editors: `file:line:column: message`. */
export function formatProblems(path: string, problems: readonly Problem[]): string {
  return problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`).join('\n');
}

/** What stands in the way of a file, as a problem like any other. */
export function unreadable(reason: string): CatalogResult & { readonly ok: false } {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message: reason }] };
}
