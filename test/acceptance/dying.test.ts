import { expect, test } from 'vitest';
import { runCampaign } from '../../dev/chaos/campaign.ts';
import { phases } from '../../dev/chaos/phases.ts';
import { testDatabaseInUse } from './database-in-use.ts';

// The short form of `npm run chaos -- --brokers`.
test('killed in each phase of the main job, Daypass loses no record of a credential and every grant still ends', {
  timeout: 300_000,
}, async () => {
  const { kills, ledger, counts, violations, checked } = await runCampaign({
    on: await testDatabaseInUse(),
    kills: 6,
    clients: 8,
    seed: 7,
    leastPerPhase: 1,
    settle: 'ahead',
    say: () => undefined,
  });
  expect(violations).toEqual([]);
  expect(kills.every(({ sight }) => sight.issuing > 0)).toBe(true);
  expect(new Set(kills.map(({ phase }) => phase))).toEqual(new Set(phases));
  expect(ledger.received.size).toBeGreaterThan(0);
  expect(counts['sessions issued']).toBeGreaterThanOrEqual(ledger.received.size);
  // Sessions that were being issued when the process died are on record as such.
  expect(counts['sessions unknown']).toBeGreaterThan(0);
  // The checks do find what is wrong where something is.
  for (const text of [
    'ASIANEVERISSUED of grt_none without its session.issued event',
    'before session.issuing was committed',
    'still assigned to nobody',
    'does not hold',
  ])
    expect(checked).toContainEqual(expect.stringContaining(text));
});
