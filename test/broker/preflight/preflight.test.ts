import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPreflight, type Preflight } from '../../../src/broker/preflight/preflight.ts';
import { listPreflight } from '../../../src/broker/preflight/list-preflight.ts';
import type { PreflightDeps } from '../../../src/broker/preflight/deps.ts';
import { claim } from '../../../src/broker/preflight/account-row.ts';
import { runPreflight } from '../../../src/broker/preflight/run-preflight.ts';
import { adminRole, type House, openHouse, prod } from '../house.ts';
import {
  accountIn,
  catalogOf,
  type Looking,
  openLooking,
  roleIn,
  roleTarget,
  staging,
  stagingRole,
} from './looking.ts';

let house: House;
let looking: Looking;
let deps: PreflightDeps;
let preflight: Preflight;
beforeEach(async () => {
  house = await openHouse({ timeLimitMs: 3_000 });
  looking = openLooking(house, [adminRole, stagingRole]);
  deps = looking.process();
  preflight = createPreflight(deps);
});
afterEach(async () => {
  house.aws.clearFaults();
  await preflight.stop();
  await house.close();
});

async function sweep(one: Preflight = preflight) {
  await one.sweep();
  await one.idle();
}

async function verdicts() {
  const { items } = await listPreflight(deps, {});
  return Object.fromEntries(items.map(({ entitlement, verdict }) => [entitlement, verdict]));
}

async function changes() {
  const { rows } = await house.pool.raw.query<{
    entitlement: string;
    details: { was: string | null; verdict: string };
  }>(
    `SELECT entitlement, leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'preflight.changed' ORDER BY id`,
  );
  return rows.map(
    ({ entitlement, details }) => `${entitlement} ${details.was ?? 'none'} to ${details.verdict}`,
  );
}

const looks = (account: string) =>
  house.aws.log.filter(
    ({ action, parameters }) =>
      action === 'AssumeRole' && parameters['RoleArn'] === `arn:aws:iam::${account}:role/daypass-inspector`,
  ).length;
const reads = () => house.aws.log.filter(({ action }) => action === 'ListAccountAliases').length;
const lose = (account: string) =>
  void (accountIn(house, account).roles = accountIn(house, account).roles.filter(
    ({ name }) => name !== 'daypass-admin',
  ));

describe('what the catalog offers is looked at', () => {
  test('at once when a catalog is new, an hour later again, and not in between', async () => {
    expect(await verdicts()).toEqual({ 'prod/admin': 'unknown', 'staging/admin': 'unknown' });
    await sweep();
    expect(await verdicts()).toEqual({ 'prod/admin': 'ok', 'staging/admin': 'ok' });
    expect(reads()).toBe(2);
    looking.ahead = 3_599;
    await sweep();
    expect(reads()).toBe(2);
    looking.ahead = 3_601;
    await sweep();
    expect(reads()).toBe(4);
  });

  test('by a process that starts again, unless it was seen just now', async () => {
    await sweep();
    looking.ahead = 30;
    await sweep(createPreflight(looking.process()));
    expect(reads()).toBe(2);
    looking.ahead = 90;
    await sweep(createPreflight(looking.process()));
    expect(reads()).toBe(4);
  });

  test('anew as soon as its target is another, and what was seen of the old one no longer counts', async () => {
    await sweep();
    const target = { ...roleTarget(adminRole), roleArn: `arn:aws:iam::${prod}:role/daypass-readonly` };
    looking.ahead = 1;
    looking.catalog = {
      ...catalogOf([{ ...adminRole, target }, stagingRole]),
      version: `sha256:${'c'.repeat(64)}`,
    };
    expect((await verdicts())['prod/admin']).toBe('unknown');
    await sweep();
    expect((await verdicts())['prod/admin']).toBe('ok');
    expect(reads()).toBe(3);
  });

  test('sooner where something was not reached, and ever later while it stays so', async () => {
    house.aws.fault({ service: 'iam', action: '*', kind: 'cut', account: prod });
    await sweep();
    expect(await verdicts()).toEqual({ 'prod/admin': 'unknown', 'staging/admin': 'ok' });
    const tries = async (atSeconds: number) => {
      looking.ahead = atSeconds;
      const before = house.aws.log.filter(({ fault }) => fault === 'cut').length;
      await sweep();
      return house.aws.log.filter(({ fault }) => fault === 'cut').length - before;
    };
    expect([await tries(119), await tries(121), await tries(360), await tries(362)]).toEqual([0, 1, 0, 1]);
    house.aws.clearFaults();
    looking.ahead = 900;
    await sweep();
    expect((await verdicts())['prod/admin']).toBe('ok');
  });
});

describe('each change of a verdict is an event, and nothing else is', () => {
  test('also when nothing changed for a long time', async () => {
    await sweep();
    lose(prod);
    for (const ahead of [4_000, 8_000]) {
      looking.ahead = ahead;
      await sweep();
    }
    expect((await changes()).toSorted()).toEqual([
      'prod/admin none to ok',
      'prod/admin ok to error',
      'staging/admin none to ok',
    ]);
  });

  test('Postgres refuses a verdict without its event', async () => {
    await sweep();
    await expect(house.pool.raw.query(`UPDATE preflight SET verdict = 'error'`)).rejects.toMatchObject({
      constraint: 'preflight_has_event',
    });
    await expect(house.pool.raw.query(`UPDATE preflight SET verdict = 'ok'`)).resolves.toBeDefined();
  });
});

describe('an account that is poisoned stops no other', () => {
  test.each(['hang', 'rubbish', 'refuse', 'server-error', 'throttle'] as const)(
    'when its IAM answers %s',
    async (kind) => {
      house.aws.fault({ service: 'iam', action: '*', kind, account: prod });
      await sweep();
      expect((await verdicts())['staging/admin']).toBe('ok');
      expect((await verdicts())['prod/admin']).not.toBe('ok');
    },
  );

  test('when its policies are nothing that anybody can read', async () => {
    roleIn(house, 'daypass-admin').trustPolicy = { Statement: 'what?' };
    roleIn(house, 'daypass-deny-writer').inlinePolicies = { p: { Statement: [null] } };
    await sweep();
    expect(await verdicts()).toEqual({ 'prod/admin': 'warning', 'staging/admin': 'ok' });
  });

  test('when looking at it fails for a reason nobody thought of', async () => {
    const broken = createPreflight(
      looking.process({
        permissionSet: () => Promise.resolve(null),
        random: () => {
          throw new Error('no');
        },
      }),
    );
    // Its AWS throttles, so that a pause is drawn.
    house.aws.fault({ service: 'iam', action: '*', kind: 'throttle', account: prod, times: 1 });
    await broken.sweep();
    await broken.idle();
    expect(looking.reported).not.toEqual([]);
    looking.ahead = 3_700;
    await sweep();
    expect(await verdicts()).toEqual({ 'prod/admin': 'ok', 'staging/admin': 'ok' });
  });
});

describe('replicas share the work', () => {
  test('each account is looked at by one of them', async () => {
    const other = createPreflight(looking.process());
    await Promise.all([preflight.sweep(), other.sweep()]);
    await Promise.all([preflight.idle(), other.idle()]);
    expect(reads()).toBe(2);
    expect((await changes()).toSorted()).toEqual(['prod/admin none to ok', 'staging/admin none to ok']);
    await Promise.all([sweep(), sweep(other)]);
    expect(reads()).toBe(2);
  });

  test('one with a newer catalog looks again once the other one has seen the old', async () => {
    const target = { ...roleTarget(adminRole), roleArn: `arn:aws:iam::${prod}:role/daypass-readonly` };
    const newer = { ...catalogOf([{ ...adminRole, target }]), version: `sha256:${'c'.repeat(64)}` };
    const other = createPreflight(looking.process({ catalog: () => newer }));
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const slow = createPreflight(
      looking.process({
        broker: async () => {
          await held;
          return deps.broker();
        },
      }),
    );
    await slow.sweep();
    await sweep(other);
    letGo();
    await slow.idle();
    looking.ahead = 5;
    await sweep(other);
    const { items } = await listPreflight({ ...deps, catalog: () => newer }, {});
    expect(items).toMatchObject([{ entitlement: 'prod/admin', verdict: 'ok' }]);
  });

  test('one that died is waited out, and what it saw too late is thrown away', async () => {
    await preflight.sweep();
    await preflight.idle();
    looking.ahead = 4_000;
    const dead = looking.process();
    expect(await claim(dead, prod)).toBe(true);
    await sweep();
    expect(reads()).toBe(3);
    looking.ahead = 4_301;
    await sweep();
    expect(reads()).toBe(4);
    expect(await changes()).toHaveLength(2);
  });

  test('a second process cannot claim what the first holds', async () => {
    await preflight.lookNow([], 1);
    await house.pool.raw.query(`INSERT INTO preflight_accounts (account_id, next_look_at) VALUES ($1, $2)`, [
      prod,
      house.now(),
    ]);
    const others = await Promise.all(
      [deps, looking.process(), looking.process()].map((one) => claim(one, prod)),
    );
    expect(others.filter((claimed) => claimed)).toHaveLength(1);
  });
});

describe('looking now', () => {
  test('sees what was mended, in one account when one entitlement is named', async () => {
    lose(prod);
    lose(staging);
    await sweep();
    house.aws.world.accounts = structuredClone(house.aws.world.accounts);
    for (const id of [prod, staging]) {
      const like = roleIn(house, 'daypass-readonly', id);
      accountIn(house, id).roles.push({
        ...structuredClone(like),
        name: 'daypass-admin',
        arn: `arn:aws:iam::${id}:role/daypass-admin`,
      });
    }
    const run = await runPreflight({ ...deps, preflight }, { entitlement: 'prod/admin' });
    expect(run.finished).toBe(true);
    expect(await verdicts()).toEqual({ 'prod/admin': 'ok', 'staging/admin': 'error' });
    expect((await runPreflight({ ...deps, preflight }, {})).finished).toBe(true);
    expect(await verdicts()).toEqual({ 'prod/admin': 'ok', 'staging/admin': 'ok' });
  });

  test('waits no longer than it was told, and goes on by itself', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const slow = createPreflight(
      looking.process({
        broker: async () => {
          await held;
          return deps.broker();
        },
      }),
    );
    expect(await slow.lookNow([prod], 5)).toBe(false);
    letGo();
    await slow.idle();
    expect((await verdicts())['prod/admin']).toBe('ok');
  });

  test('of what the catalog has not answers like what does not exist', async () => {
    await expect(runPreflight({ ...deps, preflight }, { entitlement: 'no/such' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(listPreflight(deps, { entitlement: 'no/such' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('what was seen is listed', () => {
  test('page by page, in the order of the ids', async () => {
    await sweep();
    const first = await listPreflight(deps, { limit: 1 });
    expect(first.items.map(({ entitlement }) => entitlement)).toEqual(['prod/admin']);
    const second = await listPreflight(deps, { limit: 1, cursor: first.next ?? '' });
    expect(second).toMatchObject({ items: [{ entitlement: 'staging/admin', stale: false }], next: null });
    await expect(listPreflight(deps, { cursor: '!' })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('and after a day it is said to be stale', async () => {
    await sweep();
    looking.ahead = 86_401;
    expect((await listPreflight(deps, { entitlement: 'prod/admin' })).items).toMatchObject([
      { verdict: 'ok', stale: true },
    ]);
  });
});

test('a process that stops asks no more, and what it broke off says nothing', async () => {
  await sweep();
  looking.ahead = 4_000;
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const stopping = createPreflight(
    looking.process({
      broker: async () => {
        await held;
        return deps.broker();
      },
    }),
  );
  await stopping.sweep();
  const before = reads();
  const stopped = stopping.stop();
  letGo();
  await stopped;
  expect(reads()).toBe(before);
  expect(await verdicts()).toEqual({ 'prod/admin': 'ok', 'staging/admin': 'ok' });
  looking.ahead = 4_061;
  await sweep();
  expect(reads()).toBe(before + 2);
});

test('an account is entered once a look, whatever it offers', async () => {
  const more = Array.from({ length: 5 }, (_, i) => ({ ...adminRole, id: `prod/more-${i}` }));
  looking.catalog = catalogOf([adminRole, ...more]);
  await sweep();
  expect(looks(prod)).toBe(1);
  expect(
    house.aws.log.filter(
      ({ action, parameters }) => action === 'GetRole' && parameters['RoleName'] === 'daypass-admin',
    ),
  ).toHaveLength(1);
  expect(Object.values(await verdicts())).toEqual(Array(6).fill('ok'));
});
