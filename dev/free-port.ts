import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, for a process that must know its port before it listens. It lies below
 * the range from which systems take ports by themselves (RFC 6335 from 49152, Linux from 32768): neither an outgoing
 * connection nor anybody who listens on port 0 can take it in between.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(10_000, 32_000);
    const probe = createServer();
    const listening = once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.listen(port, '127.0.0.1');
    if (!(await listening)) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new Error('No TCP port of 127.0.0.1 is free.');
}
