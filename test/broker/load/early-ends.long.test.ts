import { expect, test } from 'vitest';
import { endEarly } from './early-ends.ts';

test('2,000 early ends over 50 accounts, one past its capacity: all denied, 99 of 100 in 2 s beyond what AWS hung', async () => {
  // 628 in the first account are more codes than its policy has room for.
  const result = await endEarly({
    accounts: 50,
    inFirst: 628,
    inOthers: 28,
    perSecond: 10,
    faults: 0.005,
    sample: 5,
  });
  process.stdout.write(`2,000 early ends: ${JSON.stringify(result)}\n`);
  expect(result.roleWide).toBeGreaterThan(0);
  expect(result.lateness.beyondFaults.p99).toBeLessThan(2_000);
});
