import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A change to the source that takes one protection away, and the tests that must notice. */
export interface Mutant {
  /** The patch's file name without `.patch`. */
  readonly name: string;
  readonly patchFile: string;
  /** What the changed code does wrong, as a sentence. */
  readonly title: string;
  /** Which guarantee is broken. */
  readonly guarantee: string;
  /** Test files, from the root of the repository. */
  readonly tests: readonly string[];
  /** Name, or part of it, of the test that must fail: another may fail by chance on a busy machine. */
  readonly foundBy: string;
  /** Source files that the patch changes, from the root of the repository. */
  readonly files: readonly string[];
}

const named = { title: 'Title', guarantee: 'Guarantee', tests: 'Tests', foundBy: 'Found by' } as const;

/** Every `*.patch` of a folder, by name. Throws naming the file and what its header lacks. */
export async function readMutants(folder: string): Promise<Mutant[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.patch')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const patchFile = join(folder, name);
      return parseMutant(patchFile, await readFile(patchFile, 'utf8'));
    }),
  );
}

/**
 * Reads a patch: lines `Title: …`, `Guarantee: …` one or more `Tests: <test file>` and
 * `Found by: <name of a test in them>`, then a unified diff against src/ or
 * migrations/. Throws naming the file and what is wrong with it.
 */
export function parseMutant(patchFile: string, text: string): Mutant {
  const start = text.search(/^--- /m);
  const header = (start === -1 ? text : text.slice(0, start)).split('\n');
  const all = (name: string) =>
    header.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2).trim());
  const one = (name: string) => {
    const [value, ...more] = all(name);
    if (value === undefined || value === '' || more.length > 0) {
      throw new Error(`${patchFile}: one line "${name}: …" must stand above the diff`);
    }
    return value;
  };
  const tests = all(named.tests);
  if (tests.length === 0)
    throw new Error(`${patchFile}: a line "Tests: <test file>" must stand above the diff`);
  const files = [...text.matchAll(/^\+\+\+ b\/(\S+)/gm)].map((match) => match[1] ?? '');
  if (files.length === 0 || files.some((file) => !/^(src|migrations)\//.test(file))) {
    throw new Error(`${patchFile}: the diff must change files of src/ or migrations/ only`);
  }
  return {
    name: basename(patchFile, '.patch'),
    patchFile,
    title: one(named.title),
    guarantee: one(named.guarantee),
    tests,
    foundBy: one(named.foundBy),
    files,
  };
}
