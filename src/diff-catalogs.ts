import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { diffCatalogs as diff } from './catalog/diff/diff.ts';
import { diffText } from './catalog/diff/diff-text.ts';
import { defaultGuardrails } from './catalog/guardrails.ts';
import { type CatalogResult, formatProblems, loadCatalogFile, parseCatalog } from './catalog/load.ts';

/** What `daypass catalog diff` found. */
export interface Compared {
  readonly kind: 'compared' | 'usage' | 'refused';
  /** With a final newline. */
  readonly text: string;
}

const usage =
  'usage: daypass catalog diff [--json] <old> <new>\n' +
  'Either of them may be -, which is standard input.\n';

/**
 * `daypass catalog diff`: what a catalog changes about another.
 * @param args what follows `catalog diff`
 */
export async function diffCatalogs(args: readonly string[]): Promise<Compared> {
  const read = readArgs(args);
  if (read === null) return { kind: 'usage', text: usage };
  const [before, after] = [await load(read.old), await load(read.now)];
  for (const [path, loaded] of [
    [read.old, before],
    [read.now, after],
  ] as const) {
    if (!loaded.ok) return { kind: 'refused', text: `${formatProblems(path, loaded.problems)}\n` };
  }
  if (!before.ok || !after.ok) throw new Error('a catalog that was refused was compared');
  const found = diff(before.catalog, after.catalog);
  return {
    kind: 'compared',
    text: read.json ? `${JSON.stringify(found)}\n` : diffText(found, before.catalog, after.catalog),
  };
}

async function load(path: string): Promise<CatalogResult> {
  return path === '-' ? parseCatalog(await text(process.stdin), defaultGuardrails) : loadCatalogFile(path);
}

function readArgs(args: readonly string[]): { old: string; now: string; json: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const [old, now, ...others] = positionals;
    if (old === undefined || now === undefined || others.length > 0 || (old === '-' && now === '-'))
      return null;
    return { old, now, json: values.json === true };
  } catch {
    return null;
  }
}
