import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newHome, runDaypass } from './run-daypass.ts';

const example = (name: string) => join(import.meta.dirname, '../../examples/catalog', name);

test('catalog test says of each case whether it came out as expected, and exits with 0, 1 or 78', async () => {
  await using home = await newHome('');
  const run = (...args: string[]) => runDaypass(['catalog', 'test', ...args], home.env);
  const good = await run(example('rules.cases.yaml'));
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/^ok {4}In the laboratory nobody is asked\n[^]*\n25 as expected, 0 not\n$/);
  const json = await run(example('rules.cases.yaml'), '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, cases: { length: 25 } });
  const other = await run(example('fleets.cases.yaml'), '--catalog', example('steps.yaml'));
  expect(other).toMatchObject({ code: 78, stdout: '' });
  expect(other.stderr).toContain("no group of the catalog is named 'support'");
});

test('catalog diff compares two files, and says what widens', async () => {
  await using home = await newHome('');
  const run = (...args: string[]) => runDaypass(['catalog', 'diff', ...args], home.env);
  const same = await run(example('rules.yaml'), example('rules.yaml'));
  expect(same).toMatchObject({ code: 0, stdout: 'Nothing changes.\n' });
  const other = await run(example('rules.yaml'), example('fleets.yaml'), '--json');
  const { entitlements } = JSON.parse(other.stdout) as { entitlements: { id: string; kind: string }[] };
  expect(entitlements).toContainEqual(expect.objectContaining({ id: 'web/admin', kind: 'removed' }));
  expect(await run(example('rules.yaml'), 'no-such-file')).toMatchObject({ code: 78, stdout: '' });
});
