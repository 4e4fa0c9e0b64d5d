import { open } from 'node:fs/promises';
import { checkCatalog, type CheckResult } from './check.ts';
import { defaultGuardrails, type Guardrails } from './guardrails.ts';
import { maxSourceBytes } from './limits.ts';
import { defaultOwnNames, type OwnNames } from './policy/guards.ts';
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
  let source: string;
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) return unreadable('this is not a regular file: name the catalog file');
    // Checked before reading, and again on the text: a file can grow meanwhile.
    if (stat.size > maxSourceBytes)
      return unreadable(`the file is larger than ${maxSourceBytes / 1024 / 1024} MiB`);
    const bytes = await file.readFile();
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return unreadable(reasonOf(error));
  }
  return parseCatalog(source, guardrails, own);
}

/** One line a problem, for people and editors: `file:line:column: message`. */
export function formatProblems(path: string, problems: readonly Problem[]): string {
  return problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`).join('\n');
}

function unreadable(reason: string): CatalogResult {
  return { ok: false, problems: [{ line: 1, column: 1, path: '', message: reason }] };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file: check the path';
    case 'EACCES':
    case 'EPERM':
      return 'the file may not be read: give the user that runs Daypass the right to';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'the file is not UTF-8: save it as UTF-8';
    default:
      return `the file cannot be read (${typeof code === 'string' ? code : 'unknown error'})`;
  }
}
