import { test } from 'vitest';
import { endInOneSecond } from './natural-ends.ts';

// With 8,000: natural-ends.long.test.ts.
test('300 grants that end in one second: none works from that second on, none is issued, and IAM is not asked', async () => {
  await endInOneSecond(300);
});
