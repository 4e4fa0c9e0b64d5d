import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, readMutants } from './mutants/patches.ts';
import { table } from './mutants/table.ts';
import { judge, runTests, type Verdict } from './mutants/test-run.ts';
import { applyFault, applyMutant, scratchTree } from './mutants/tree.ts';

// The script behind `npm run mutants`: takes one protection away at a time and sees that a test fails for it.

const root = resolve(import.meta.dirname, '..');
const usage = `node dev/mutants.ts [--only <name>]… [--list | --check-apply] [--folder <folder of patches>]
  --only <name>   only this mutant; can be given more than once
  --list          names them all, and runs nothing
  --check-apply   only sees whether each patch applies to the work tree
`;

interface Outcome {
  readonly mutant: Mutant;
  readonly place: string;
  readonly verdict: Verdict;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      'check-apply': { type: 'boolean', default: false },
      folder: { type: 'string', default: join(root, 'test/mutants') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const mutants = chosen(await readMutants(resolve(values.folder)), values.only);
  if (values.list) {
    print(
      table(
        ['mutant', 'file', 'mutation', 'guarantee'],
        mutants.map((mutant) => [mutant.name, mutant.files.join(', '), mutant.title, mutant.guarantee]),
      ),
    );
    return 0;
  }
  return values['check-apply'] ? checkApply(mutants) : hunt(mutants);
}

function chosen(mutants: readonly Mutant[], only: readonly string[]): readonly Mutant[] {
  const unknown = only.filter((name) => mutants.every((mutant) => mutant.name !== name));
  if (unknown.length > 0) throw new Error(`no mutant is named ${unknown.join(', ')}: see --list`);
  if (mutants.length === 0) throw new Error('there are no mutants');
  return only.length === 0 ? mutants : mutants.filter((mutant) => only.includes(mutant.name));
}

async function checkApply(mutants: readonly Mutant[]): Promise<number> {
  let faults = 0;
  for (const mutant of mutants) {
    const fault = await applyFault(root, mutant.patchFile);
    if (fault === null) continue;
    faults++;
    process.stderr.write(`${mutant.name} does not apply:\n${fault}\n`);
  }
  print(`${mutants.length - faults} of ${mutants.length} mutants apply`);
  return faults === 0 ? 0 : 1;
}

async function hunt(mutants: readonly Mutant[]): Promise<number> {
  const failing = await failingAnyway(mutants);
  const outcomes: Outcome[] = [];
  for (const mutant of mutants) {
    const outcome = await tryMutant(mutant, failing);
    process.stderr.write(`${mutant.name}: ${outcome.verdict.is}\n`);
    outcomes.push(outcome);
  }
  print(
    table(
      ['mutant', 'place', 'mutation', 'failing test'],
      outcomes.map(({ mutant, place, verdict }) => [mutant.name, place, mutant.title, told(verdict)]),
    ),
  );
  const found = outcomes.filter(({ verdict }) => verdict.is === 'found').length;
  print(`${found} of ${outcomes.length} mutants found`);
  for (const name of failing) print(`Fails without any mutation too: ${name}`);
  return found === outcomes.length && failing.size === 0 ? 0 : 1;
}

/** The tests that fail without any mutation: they would seem to find every mutant. */
async function failingAnyway(mutants: readonly Mutant[]): Promise<ReadonlySet<string>> {
  const files = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  process.stderr.write(`Without any mutation: ${files.length} test files\n`);
  const tree = await scratchTree(root);
  try {
    const { failed, broken, passed } = await runTests(tree.root, files);
    if (broken.length > 0)
      throw new Error(`without any mutation tests do not run:\n  ${broken.join('\n  ')}`);
    process.stderr.write(`${passed.length} tests pass, ${failed.length} fail\n`);
    return new Set(failed);
  } finally {
    await tree.remove();
  }
}

async function tryMutant(mutant: Mutant, failing: ReadonlySet<string>): Promise<Outcome> {
  const tree = await scratchTree(root);
  let place = mutant.files.join(', ');
  try {
    const { file, line } = await applyMutant(tree.root, mutant);
    place = `${file}:${line}`;
    return {
      mutant,
      place,
      verdict: judge(await runTests(tree.root, mutant.tests), mutant.foundBy, failing),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { mutant, place, verdict: { is: 'broken', why } };
  } finally {
    await tree.remove();
  }
}

function told(verdict: Verdict): string {
  switch (verdict.is) {
    case 'survived':
      return 'NONE: it survived';
    case 'broken':
      return `BROKEN: ${verdict.why.replaceAll(/\s+/g, ' ')}`;
    case 'found': {
      const [first = '', ...more] = verdict.by;
      return more.length === 0 ? first : `${first} (and ${more.length} more)`;
    }
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
