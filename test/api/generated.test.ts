import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Operation {
  readonly operationId?: string;
  readonly security?: unknown;
  readonly responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
}

test('every generated file is what the sources say now', async () => {
  await promisify(execFile)(process.execPath, ['dev/generate.ts', '--check']);
});

test('every operation of the contract has an id, its security and error responses', async () => {
  const contract = parse(await readFile('openapi.yaml', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
  expect(operations.length).toBeGreaterThan(25);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, operation } of operations) {
    expect(operation.security, name).toBeDefined();
    expect(operation.responses, name).toHaveProperty('400');
    if (!name.includes('/v1/')) continue;
    expect(operation.security, name).toEqual([{ bearer: [] }]);
    for (const status of ['401', '403', '429', '500', '503']) {
      const schema = operation.responses[status]?.content?.['application/problem+json']?.schema;
      expect(schema, `${name} ${status}`).toEqual({ $ref: '#/components/schemas/Problem' });
    }
  }
});
