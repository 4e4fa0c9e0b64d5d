import { expect, test } from 'vitest';
import { runAwsCampaign } from '../../dev/chaos/aws/campaign.ts';

// The short form of `npm run chaos -- --aws`.
test('AWS plays faults and Daypass is killed: nothing lives that should be dead, and nobody else is touched', {
  timeout: 300_000,
}, async () => {
  const { seen, tried, faults, violations, checked } = await runAwsCampaign({
    lifecycles: 24,
    clients: 8,
    accounts: 3,
    seed: 11,
    faults: 0.12,
    killEveryMs: 6_000,
    propagationSeconds: 2,
    settle: 'ahead',
    say: () => undefined,
  });
  expect(violations).toEqual([]);
  expect(Math.min(seen.done.end, seen.done.lapse, seen.done.stay, seen.opened.size)).toBeGreaterThan(0);
  expect(Math.min(tried.dead, tried.alive, tried.neighbours)).toBeGreaterThan(0);
  expect(Object.keys(faults).length).toBeGreaterThan(3);
  // The checks do find what is wrong where something is.
  for (const text of [
    'should be dead: ok',
    'statements of others in the boundary policy',
    'is not assigned, and a grant lives',
    'is gone, and was not Daypass',
  ])
    expect(checked).toContainEqual(expect.stringContaining(text));
});
