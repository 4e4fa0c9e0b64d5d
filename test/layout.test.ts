import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../', import.meta.url).pathname;

// Which folder of src/ may import which others. What is not listed is refused.
const allowed: Readonly<Record<string, readonly string[]>> = {
  db: [],
  keys: [],
  egress: ['keys'],
  aws: ['egress', 'keys', 'db'],
  audit: ['keys', 'db'],
  catalog: ['audit', 'db'],
  identity: ['audit', 'catalog', 'egress', 'keys', 'db'],
  'on-call': ['catalog', 'egress', 'keys', 'db'],
  'catalog-approval': ['approvals', 'catalog', 'identity', 'audit', 'db'],
  eligibility: ['approvals', 'catalog', 'identity', 'audit', 'db'],
  approvals: ['on-call', 'catalog', 'identity', 'audit', 'keys', 'db'],
  broker: ['catalog', 'identity', 'audit', 'aws', 'keys', 'db'],
  anchor: ['approvals', 'broker', 'identity', 'audit', 'keys', 'db'],
  channels: ['approvals', 'catalog', 'identity', 'audit', 'egress', 'keys', 'db'],
  api: [
    'anchor',
    'catalog-approval',
    'eligibility',
    'approvals',
    'broker',
    'channels',
    'on-call',
    'catalog',
    'identity',
    'audit',
    'aws',
    'keys',
    'db',
  ],
  cli: [],
};

// Files at the top of src/ that every layer may use: the vocabulary of refusals, and types of the configuration.
const vocabulary = new Set(['refusal.ts']);

// Pure cores: no database, network, file system, clock or randomness.
const pure = [
  'src/approvals/states.ts',
  'src/approvals/digest.ts',
  'src/approvals/principal.ts',
  'src/approvals/quorum.ts',
  'src/approvals/reasons.ts',
  'src/approvals/explanation.ts',
  'src/approvals/simulate.ts',
  'src/approvals/simulate-answers.ts',
  'src/approvals/simulation.ts',
  'src/approvals/cases/read-cases.ts',
  'src/approvals/cases/run-case.ts',
  'src/approvals/cases/world-of-case.ts',
  'src/catalog/diff/rights.ts',
  'src/approvals/feasible.ts',
  'src/approvals/nobody-eligible.ts',
  'src/broker/states.ts',
  'src/broker/clip.ts',
  'src/broker/session-policy.ts',
  'src/broker/session-tags.ts',
  'src/broker/preflight/policy-statements.ts',
  'src/broker/preflight/trust.ts',
  'src/broker/preflight/trust-broker.ts',
  'src/broker/preflight/exact-rights.ts',
  'src/broker/boundary/document.ts',
  'src/identity/assurance.ts',
  'src/identity/assurance-map.ts',
  'src/catalog/evaluate.ts',
  'src/catalog/standing.ts',
  'src/catalog/until.ts',
  'src/catalog/check.ts',
  'src/catalog/consider.ts',
  'src/catalog/choices.ts',
  'src/catalog/find.ts',
  'src/catalog/hours.ts',
  'src/catalog/parameters.ts',
  'src/catalog/rules/condition.ts',
  'src/catalog/rules/environment.ts',
  'src/catalog/rules/explain.ts',
  'src/catalog/rules/facts.ts',
  'src/catalog/rules/functions.ts',
  'src/catalog/rules/inspect.ts',
  'src/catalog/rules/judge.ts',
  'src/catalog/rules/network.ts',
  'src/catalog/rules/remember.ts',
  'src/catalog/rules/rule.ts',
  'src/catalog/rules/vocabulary.ts',
  'src/catalog/rules/words.ts',
  'src/catalog/policy/conditions.ts',
  'src/catalog/policy/glob.ts',
  'src/catalog/policy/guards.ts',
  'src/catalog/policy/render.ts',
  'src/catalog/cloudformation.ts',
  'src/on-call/timeline.ts',
  'src/on-call/snapshot.ts',
  'src/on-call/calendar/read-calendar.ts',
  'src/on-call/calendar/occurrences.ts',
  'src/audit/leaf.ts',
  'src/anchor/anchor.ts',
  'src/anchor/judge.ts',
];

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** What is wrong with one import, or null. */
function fault(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = normalize(join(dirname(file), specifier));
  if (!target.startsWith('src/')) return `${file} reaches outside src: ${specifier}`;
  const [, from = '', ...restOfFile] = file.split('/');
  const [, to = '', ...restOfTarget] = target.split('/');
  if (restOfFile.length === 0) return null; // main.ts, app.ts, config.ts compose; they stand above all
  if (restOfTarget.length === 0)
    return vocabulary.has(to) ? null : `${file} imports ${target}, which stands above it`;
  if (from === to || allowed[from]?.includes(to) === true) return null;
  return `${file} imports ${target}: ${from} may not depend on ${to}`;
}

test('imports run one way: edge to approvals and broker, to catalog, identity and audit, to aws, keys and db', async () => {
  const faults: string[] = [];
  for (const file of await sources('src')) {
    for (const specifier of await importsOf(file)) {
      const found = fault(file, specifier);
      if (found !== null) faults.push(found);
    }
  }
  expect(faults).toEqual([]);
});

test('the rule refuses what it should', () => {
  expect(fault('src/db/pool.ts', '../api/server.ts')).toContain('db may not depend on api');
  expect(fault('src/approvals/submit.ts', '../broker/issue.ts')).toContain(
    'approvals may not depend on broker',
  );
  expect(fault('src/cli/main.ts', '../api/problem.ts')).toContain('cli may not depend on api');
  expect(fault('src/broker/issue.ts', '../config.ts')).toContain('stands above');
  expect(fault('src/broker/issue.ts', '../db/pool.ts')).toBeNull();
});

test('pure cores import nothing that does input or output', async () => {
  const forbidden = /^(node:(?!crypto$)|pg$|drizzle-orm|fastify|openid-client|@aws-sdk\/)|\/db\/(?!ids)/;
  const faults: string[] = [];
  for (const file of pure) {
    for (const specifier of await importsOf(file)) {
      if (forbidden.test(specifier)) faults.push(`${file} imports ${specifier}`);
    }
    const text = await readFile(join(root, file), 'utf8');
    if (/\bDate\.now\(|\bnew Date\(\)|Math\.random\(|randomBytes|randomUUID/.test(text))
      faults.push(`${file} reads a clock or draws a random number`);
  }
  expect(faults).toEqual([]);
});

test('the environment is read in main.ts and the command line only', async () => {
  const readers: string[] = [];
  for (const file of await sources('src')) {
    if (file === 'src/main.ts' || file.startsWith('src/cli/')) continue;
    if ((await readFile(join(root, file), 'utf8')).includes('process.env')) readers.push(file);
  }
  expect(readers).toEqual([]);
});

test('drizzle is loaded in one place, as CommonJS', async () => {
  const loaders: string[] = [];
  for (const file of await sources('src')) {
    if ((await importsOf(file)).some((specifier) => specifier.startsWith('drizzle-orm'))) loaders.push(file);
  }
  expect(loaders).toEqual(['src/db/drizzle.ts']);
});

test('nothing shipped knows of dev/ or test/', async () => {
  const faults: string[] = [];
  for (const file of await sources('src')) {
    const text = await readFile(join(root, file), 'utf8');
    if (/from '(\.\.\/)+(dev|test)\//.test(text) || /NODE_ENV|VITEST/.test(text)) faults.push(file);
  }
  expect(faults).toEqual([]);
});
