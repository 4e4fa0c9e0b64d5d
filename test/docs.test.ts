import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configurationMarkdown } from '../src/config.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

async function documents(): Promise<string[]> {
  const inDocs = (await readdir(join(root, 'docs'), { recursive: true })).filter((name) =>
    name.endsWith('.md'),
  );
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((name) => `docs/${name}`)];
}

async function eachDocument(find: (text: string, file: string) => string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of await documents()) found.push(...find(await readFile(join(root, file), 'utf8'), file));
  return found;
}

/** Every `daypass …` command line: in blocks of shell and in running text between backticks. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((m) => (m[1] ?? '').split('\n'));
  const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`((?:bin\/)?daypass [^`]+)`/g)].map(
    (m) => m[1] ?? '',
  );
  return [...blocks, ...inline]
    .map((line) => /(?:^|\$\()(?:bin\/)?daypass (.*?)\)?"?$/.exec(line.trim())?.[1] ?? '')
    .filter((line) => line !== '' && !line.startsWith('--'));
}

test('every relative link leads to a file', async () => {
  const dead = await eachDocument((text, file) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((m) => m[1] ?? '')
      .filter((link) => !existsSync(join(root, dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  );
  expect(dead).toEqual([]);
});

test('every npm script that a document names exists', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const unknown = await eachDocument((text, file) =>
    [...text.matchAll(/\bnpm (?:run )?(?:--silent )?([a-z:]+)\b/g)]
      .map((m) => m[1] ?? '')
      .filter(
        (name) =>
          !['ci', 'run', 'versions', 'warns', 'itself', 'pack', 'install'].includes(name) &&
          !/^(puts|and|runs)$/.test(name),
      )
      .filter((name) => scripts[name] === undefined)
      .map((name) => `${file}: npm run ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('every daypass command and option that a document names exists', { timeout: 180_000 }, async () => {
  const lines = new Set<string>();
  await eachDocument((text) => {
    for (const line of commandLines(text)) lines.add(line);
    return [];
  });
  const faults: string[] = [];
  const help = new Map<string, string>();
  for (const line of lines) {
    const words = line.split(/\s+/);
    const group = [
      'aws',
      'catalog',
      'closure',
      'delegations',
      'eligibility',
      'factor',
      'follow-ups',
      'grants',
    ].includes(words[0] ?? '');
    const depth = group && !words[1]?.startsWith('-') ? 2 : 1;
    const command = words.slice(0, depth).join(' ');
    if (!help.has(command)) {
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, 'src/cli/main.ts'), ...command.split(' '), '--help'],
        { encoding: 'utf8' },
      );
      help.set(command, status === 0 ? stdout : '');
    }
    const text = help.get(command) ?? '';
    if (text === '' || !text.includes(command)) faults.push(`daypass ${command} does not exist (${line})`);
    const own = line.split(' -- ')[0] ?? '';
    for (const [option] of own.matchAll(/--[a-z-]+/g))
      if (!text.includes(option)) faults.push(`daypass ${command} has no ${option} (${line})`);
  }
  expect(lines.size).toBeGreaterThan(20);
  expect(faults).toEqual([]);
});

test('every setting that the operator guide names is a setting', async () => {
  const known = configurationMarkdown();
  const text = await readFile(join(root, 'docs/operator.md'), 'utf8');
  const named = new Set(
    [...text.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g)].map((m) => m[1] ?? ''),
  );
  // Named to say that it is not supported, and a prefix of three settings.
  const exceptions = new Set(['KMS_KEY_ID', 'GUARDRAIL_']);
  const unknown = [...named].filter(
    (name) =>
      !exceptions.has(name) &&
      !known.includes(`\`${name}\``) &&
      !known.includes(`\`${name.replace(/_FILE$/, '')}\``),
  );
  expect(unknown).toEqual([]);
});

test('no document carries a path of one machine', async () => {
  const paths = await eachDocument((text, file) =>
    [...text.matchAll(/(?<![\w.~])\/(?:home|root|work|Users)\/\w+/g)].map((m) => `${file}: ${m[0]}`),
  );
  expect(paths).toEqual([]);
});
