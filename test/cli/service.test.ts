import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newHome, runDaypass } from './run-daypass.ts';

test('the service commands run the service, with its output and exit code', async () => {
  await using home = await newHome('');
  const catalog = join(home.path, 'catalog.yaml');
  await writeFile(catalog, 'version: 1\nnonsense: true\n');
  const bad = await runDaypass(['catalog', 'check', catalog], home.env);
  expect(bad).toMatchObject({ code: 78, stdout: '' });
  expect(bad.stderr).toContain('nonsense');
  const json = await runDaypass(['catalog', 'check', catalog, '--json'], home.env);
  expect(json).toMatchObject({ code: 78, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, exitCode: 78 });
});
