import { test } from 'vitest';
import { endEarly } from './early-ends.ts';

// 2,000 over 50 accounts, one of them past its capacity, and how late they were: early-ends.long.test.ts.
test('50 early ends over 5 accounts while AWS plays faults: every one is denied, and neighbours go on', async () => {
  await endEarly({
    accounts: 5,
    inFirst: 10,
    inOthers: 10,
    faults: 0.02,
    sample: 3,
  });
});
