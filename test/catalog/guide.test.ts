import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { parameterTypes } from '../../src/catalog/parameters.ts';
import { maxPolicyCharacters } from '../../src/catalog/policy/render.ts';
import { worstCase } from '../../src/catalog/policy/size.ts';
import { defaultOwnNames } from '../../src/catalog/policy/guards.ts';
import { functions } from '../../src/catalog/rules/functions.ts';
import { macros, methods, types, variables } from '../../src/catalog/rules/vocabulary.ts';
import { testCases } from '../../src/test-catalog.ts';
import { sound } from './sample.ts';

const guide = await readFile(new URL('../../docs/catalog.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const [whole = ''] = blocks.filter((block) => block.startsWith('version:'));
// The smallest entitlement that the smaller pieces can be put into.
const around = `version: 1
groups: [g, prod-approvers, prod-deputies]
accounts:
  prod: { id: "111122223333", owners: { groups: [g] } }
entitlements:
  prod/x:
    description: x
    role: { account: prod, name: x }
    ask: { groups: [g] }
    approve: { groups: [g] }
    maxDuration: 1h
`;

test('the catalog by business role loads, without a warning, and has a bundle for each of the ten', () => {
  const result = parseCatalog(whole);
  expect(result.ok ? result.warnings : result.problems).toEqual([]);
  const rows = [...guide.matchAll(/^\| [A-Z][A-Za-z -]+ \| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect(rows).toHaveLength(10);
  expect([...sound(whole).bundles.keys()]).toEqual(rows);
});

const areCases = (block: string) => block.startsWith('catalog:');

test('every other piece of a catalog in the guide is one', () => {
  const pieces = blocks.filter((block) => !block.startsWith('version:') && !areCases(block));
  expect(pieces.length).toBeGreaterThanOrEqual(3);
  for (const piece of pieces) {
    // A piece that says who approves takes the place of what is said here.
    const rest = piece.startsWith('    approve:') ? around.replace(/^ {4}approve: .*\n/m, '') : around;
    const result = parseCatalog(rest + piece);
    expect(result.ok ? [] : result.problems, piece).toEqual([]);
  }
});

test('the cases in the guide come out as expected', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-guide-'));
  const path = join(folder, 'cases.yaml');
  await writeFile(path, blocks.filter(areCases)[0] ?? '');
  const tested = await testCases(path, join(import.meta.dirname, '../../examples/catalog/rules.yaml'));
  await rm(folder, { recursive: true });
  expect(tested.kind, tested.text).toBe('passed');
});

test('the guide names every variable, field, function, method and macro of conditions', () => {
  const fields = Object.values(types).flatMap((each) => Object.keys(each));
  const names = [variables, functions, methods, macros].flatMap((each) => Object.keys(each));
  const [from, to] = [guide.indexOf('## Rules: deny'), guide.indexOf('## Testing a catalog')];
  const section = guide.slice(from, to);
  expect([...names, ...fields].filter((name) => !name.startsWith('get') && !section.includes(name))).toEqual(
    [],
  );
});

test('the guide names every type of parameter', () => {
  expect(Object.keys(parameterTypes).filter((type) => !guide.includes(`\`${type}\``))).toEqual([]);
});

test('what the guide says that guards take is what they take', () => {
  const [entitlement] = sound(around).entitlements.values();
  if (entitlement === undefined) throw new Error('an entitlement');
  const { characters } = worstCase(entitlement, null, defaultOwnNames);
  expect(characters).toBeGreaterThan(900);
  expect(characters).toBeLessThan(maxPolicyCharacters - 850);
});
