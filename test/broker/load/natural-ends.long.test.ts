import { test } from 'vitest';
import { endInOneSecond } from './natural-ends.ts';

test('8,000 grants that end in one second: none works from that second on, none is issued, and IAM is not asked', async () => {
  const { sweptMs, issuedMs } = await endInOneSecond(8_000);
  process.stdout.write(
    `8,000 natural ends: ${Math.round(sweptMs)} ms of sweeping by two replicas (${Math.round(issuedMs)} ms to lend the credentials)\n`,
  );
});
