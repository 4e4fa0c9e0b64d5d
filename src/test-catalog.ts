import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkCases, readCases } from './approvals/cases/read-cases.ts';
import { type CaseResult, runCase } from './approvals/cases/run-case.ts';
import { formatProblems, loadCatalogFile } from './catalog/load.ts';
import { readCatalogFile } from './catalog/read-file.ts';

/** What `daypass catalog test` found. */
export interface Tested {
  readonly kind: 'passed' | 'failed' | 'usage' | 'refused';
  /** For people, with a final newline. */
  readonly text: string;
  /** In the order of the file; empty where nothing could be tested. */
  readonly cases: readonly CaseResult[];
}

const usage =
  'usage: daypass catalog test [--catalog <file>] [--json] <cases>\n' +
  'Without --catalog, the catalog that the file of cases names.\n';

/**
 * `daypass catalog test`: decides the cases of a file by a catalog, and says where it comes to something else than is expected.
 * @param args what follows `catalog test`
 */
export async function testCatalog(args: readonly string[]): Promise<Tested> {
  const read = readArgs(args);
  if (read === null) return { kind: 'usage', text: usage, cases: [] };
  const tested = await testCases(read.cases, read.catalog);
  const decided = tested.kind === 'passed' || tested.kind === 'failed';
  if (!read.json || !decided) return tested;
  return { ...tested, text: `${JSON.stringify({ ok: tested.kind === 'passed', cases: tested.cases })}\n` };
}

/** Tests the cases of a file. @param catalogPath null: the one that the file names, from where the file lies */
export async function testCases(casesPath: string, catalogPath: string | null): Promise<Tested> {
  const refused = (path: string, problems: Parameters<typeof formatProblems>[1]): Tested => ({
    kind: 'refused',
    text: `${formatProblems(path, problems)}\n`,
    cases: [],
  });
  const file = await readCatalogFile(casesPath);
  if (!file.ok) return refused(casesPath, [{ line: 1, column: 1, path: '', message: file.reason }]);
  const read = readCases(file.source);
  if (!read.ok) return refused(casesPath, read.problems);
  const named = read.file.catalog;
  const path = catalogPath ?? (named === undefined ? null : resolve(dirname(casesPath), named));
  if (path === null) {
    const message = "no catalog is named: add 'catalog', or give --catalog";
    return refused(casesPath, [{ line: 1, column: 1, path: '', message }]);
  }
  const loaded = await loadCatalogFile(path);
  if (!loaded.ok) return refused(path, loaded.problems);
  const problems = checkCases(read, loaded.catalog);
  if (problems.length > 0) return refused(casesPath, problems);
  const cases = read.file.cases.map((entry) => runCase(read.file, entry, loaded.catalog));
  return { kind: cases.every(({ ok }) => ok) ? 'passed' : 'failed', text: textOf(cases), cases };
}

function textOf(cases: readonly CaseResult[]): string {
  const lines = cases.flatMap(({ ok, name, differences, reasons }) =>
    ok
      ? [`ok    ${name}`]
      : [
          `FAIL  ${name}`,
          ...differences.map((difference) => `        ${difference}`),
          ...(reasons.length === 0 ? [] : ['      because']),
          ...reasons.map((reason) => `        ${reason}`),
        ],
  );
  const failed = cases.filter(({ ok }) => !ok).length;
  return `${lines.join('\n')}\n${cases.length - failed} as expected, ${failed} not\n`;
}

function readArgs(args: readonly string[]): { cases: string; catalog: string | null; json: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { catalog: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [cases, ...others] = positionals;
    if (cases === undefined || others.length > 0) return null;
    return { cases, catalog: values.catalog ?? null, json: values.json === true };
  } catch {
    return null;
  }
}
