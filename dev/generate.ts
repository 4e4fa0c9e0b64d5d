import { readFile, writeFile } from 'node:fs/promises';
import { apiTypes } from './generate/api-types.ts';
import { contract } from './generate/contract.ts';
import { graphqlTypes } from './generate/graphql-types.ts';
import { catalogJsonSchema } from '../src/catalog/schema.ts';
import { configurationMarkdown } from '../src/config.ts';

// `node dev/generate.ts` writes every generated file; with --check it writes none and exits 1 naming those that are stale.

const root = new URL('../', import.meta.url);

/** Every generated file: its path and how its text is made. */
export const generated: readonly { readonly path: string; readonly make: () => string | Promise<string> }[] =
  [
    // First, as the server cannot be built without it.
    { path: 'src/api/graphql/types.generated.ts', make: graphqlTypes },
    { path: 'openapi.yaml', make: contract },
    { path: 'src/cli/api-types.generated.ts', make: async () => apiTypes(await contract()) },
    { path: 'catalog.schema.json', make: catalogJsonSchema },
    { path: 'docs/configuration.md', make: configurationMarkdown },
  ];

/** The files that are not what would be generated now. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, make } of generated) {
    const current = await readFile(new URL(path, root), 'utf8').catch(() => null);
    if (current !== (await make())) stale.push(path);
  }
  return stale;
}

async function main(): Promise<void> {
  if (process.argv.includes('--check')) {
    const stale = await staleFiles();
    for (const path of stale) process.stderr.write(`${path} is stale: run \`npm run generate\`\n`);
    process.exitCode = stale.length === 0 ? 0 : 1;
    return;
  }
  for (const { path, make } of generated) await writeFile(new URL(path, root), await make());
}

if (import.meta.main) await main();
