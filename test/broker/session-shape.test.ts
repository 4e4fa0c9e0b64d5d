import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assumedRoleArn } from '../../src/broker/assumed-role.ts';
import { clip, lastPossibleUse } from '../../src/broker/clip.ts';
import { residualExposure } from '../../src/broker/residual.ts';
import { sessionNames } from '../../src/broker/session-tags.ts';

const noon = new Date('2026-11-22T12:00:00.000Z');
const after = (milliseconds: number) => new Date(noon.getTime() + milliseconds);

describe('clip', () => {
  const lengths = fc.record({
    leftMs: fc.integer({ min: -10_000, max: 43_200_000 }),
    sessionSeconds: fc.integer({ min: 900, max: 3600 }),
    roleMaxSeconds: fc.integer({ min: 3600, max: 43_200 }),
  });

  test('what is asked of STS is within its bounds, and access never outlasts any limit', () => {
    fc.assert(
      fc.property(lengths, ({ leftMs, sessionSeconds, roleMaxSeconds }) => {
        const clipped = clip({
          now: noon,
          hoursEndAt: null,
          grantEndsAt: after(leftMs),
          sessionSeconds,
          roleMaxSeconds,
        });
        expect(clipped === null).toBe(leftMs < 1000);
        if (clipped === null) return;
        expect(clipped.durationSeconds).toBeGreaterThanOrEqual(900);
        expect(clipped.durationSeconds).toBeLessThanOrEqual(3600);
        expect(clipped.accessSeconds * 1000).toBeLessThanOrEqual(leftMs);
        expect(clipped.accessSeconds).toBeLessThanOrEqual(Math.min(sessionSeconds, roleMaxSeconds));
        const winners = clipped.limits.filter((limit) => limit.won);
        expect(winners.map((limit) => limit.seconds)).toEqual([clipped.accessSeconds]);
        expect(clipped.limits.map((limit) => limit.name).toSorted()).toEqual([
          'grant_end',
          'role_chaining',
          'role_maximum',
          'session_length',
          'sts_minimum',
        ]);
      }),
    );
  });

  test('each limit wins where it is the shortest, and says so', () => {
    const won = (left: number, sessionSeconds: number, roleMaxSeconds: number) =>
      clip({
        now: noon,
        hoursEndAt: null,
        grantEndsAt: after(left * 1000),
        sessionSeconds,
        roleMaxSeconds,
      })?.limits.find((limit) => limit.won);
    expect(won(1200, 1800, 7200)).toEqual({ name: 'grant_end', seconds: 1200, won: true });
    expect(won(7200, 1800, 7200)).toEqual({ name: 'session_length', seconds: 1800, won: true });
    expect(won(7200, 7200, 43_200)).toEqual({ name: 'role_chaining', seconds: 3600, won: true });
    expect(won(7200, 7200, 1800)).toEqual({ name: 'role_maximum', seconds: 1800, won: true });
  });

  test('under the minimum of STS it is asked for 900 and the grant still wins', () => {
    const clipped = clip({
      now: noon,
      hoursEndAt: null,
      grantEndsAt: after(60_999),
      sessionSeconds: 1800,
      roleMaxSeconds: 3600,
    });
    expect(clipped).toMatchObject({ durationSeconds: 900, accessSeconds: 60 });
    expect(clipped?.limits.find((limit) => limit.won)).toEqual({ name: 'grant_end', seconds: 60, won: true });
  });

  test('nothing can be used after the end of the grant, nor a minute after it expired', () => {
    expect(lastPossibleUse(noon, 900, after(600_000))).toEqual(after(600_000));
    expect(lastPossibleUse(noon, 900, after(6_000_000))).toEqual(after(960_000));
  });
});

test('names and tags of a session keep to what STS allows, and carry ids only', () => {
  const ids = {
    sessionId: 'ses_01kaqmm3rr5n8z4w2d6y7h9x0c',
    grantId: 'grt_01kaqmm3rr5n8z4w2d6y7h9x0c',
    personId: 'prs_01kaqmm3rr5n8z4w2d6y7h9x0c',
  };
  const input = { ...ids, entitlement: 'prod/admin', assurance: 'multi-factor' } as const;
  const names = sessionNames({ ...input, allowOnward: false });
  expect(names.roleSessionName).toBe(`daypass-${ids.sessionId}`);
  expect(names.roleSessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
  expect(names.sourceIdentity).toBe(ids.personId);
  expect(Object.fromEntries(names.tags.map((tag) => [tag.key, tag.value]))).toEqual({
    'daypass:grant': ids.grantId,
    'daypass:code': ids.grantId.slice(-8),
    'daypass:session': ids.sessionId,
    'daypass:person': ids.personId,
    'daypass:entitlement': 'prod/admin',
    'daypass:assurance': 'multi-factor',
  });
  expect(names.transitiveTagKeys).toEqual([]);
  expect(sessionNames({ ...input, allowOnward: true }).transitiveTagKeys).toEqual([
    'daypass:grant',
    'daypass:code',
  ]);
});

test('what can outlive a grant is named, also what no policy of Daypass stops, and the longest bounded one counts', () => {
  const base = { grantEndsAt: noon, expiration: after(300_000), allowOnward: false, allowIamWrite: false };
  const always = [
    { name: 'identity_proof', seconds: 300 },
    { name: 'service_token', seconds: 43_200 },
    { name: 'compute_role', seconds: null },
    { name: 'resource_policy', seconds: null },
    { name: 'open_connection', seconds: null },
  ];
  expect(residualExposure(base)).toEqual({ seconds: 43_200, exposures: always });
  expect(residualExposure({ ...base, expiration: after(-1) }).exposures[0]?.seconds).toBe(0);
  expect(residualExposure({ ...base, expiration: after(50_000_000) }).seconds).toBe(50_000);
  expect(residualExposure({ ...base, allowOnward: true, allowIamWrite: true }).exposures).toEqual([
    ...always,
    { name: 'onward_role', seconds: 3600 },
    { name: 'lasting_access', seconds: null },
  ]);
});

test('the role that STS must name: without its path, in its own account', () => {
  expect(assumedRoleArn('arn:aws:iam::111122223333:role/a/b/admin', '111122223333', 's')).toBe(
    'arn:aws:sts::111122223333:assumed-role/admin/s',
  );
  expect(assumedRoleArn('arn:aws:iam::111122223333:role/admin', '444455556666', 's')).toBeNull();
  expect(assumedRoleArn('arn:aws:iam::111122223333:user/admin', '111122223333', 's')).toBeNull();
});
