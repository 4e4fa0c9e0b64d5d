import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renewAt } from '../../src/cli/credentials/renewal.ts';

const minute = 60_000;
const renewal = (session: number, grant = 8 * 60) =>
  renewAt({ now: 0, expiresAt: session * minute, grantEndsAt: grant * minute }) / minute;

test('sessions of ordinary length are renewed before botocore would ask again, 15 minutes before their end', () => {
  expect(renewal(60)).toBe(44);
  expect(renewal(30)).toBe(14);
});

test('a session of 15 minutes is used for 4, and never in the last 10, in which botocore asks at every call', () => {
  expect(renewal(15)).toBe(4);
});

test('what ends with its grant is used to the end, but another grant is looked for every minute', () => {
  expect(renewal(12, 12)).toBe(1);
  expect(renewal(3, 3)).toBe(1);
  expect(renewal(60, 60)).toBe(44);
});

test('whatever the lifetimes, credentials are used for a while and not beyond the point at which longer ones can be had', () => {
  const lifetimes = fc.record({
    session: fc.integer({ min: 900, max: 43_200 }),
    grant: fc.integer({ min: 1, max: 86_400 }),
  });
  fc.assert(
    fc.property(lifetimes, ({ session, grant }) => {
      const expiresAt = Math.min(session, grant) * 1000;
      const at = renewAt({ now: 0, expiresAt, grantEndsAt: grant * 1000 });
      expect(at).toBeGreaterThan(0);
      // With a session that does not end with its grant, 11 minutes or more are left to the client.
      if (session < grant) expect(expiresAt - at).toBeGreaterThanOrEqual(11 * minute);
    }),
  );
});
