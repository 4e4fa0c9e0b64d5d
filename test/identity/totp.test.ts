import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSync } from 'otplib';
import type { Caller } from '../../src/identity/caller.ts';
import { confirmTotp } from '../../src/identity/totp/confirm.ts';
import { enrolTotp } from '../../src/identity/totp/enrol.ts';
import { resetTotp } from '../../src/identity/totp/reset.ts';
import { verifyTotp } from '../../src/identity/totp/verify.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const refused = (code: string) => expect.objectContaining({ name: 'Refusal', code });

/** The code that an app with this secret shows, so many steps from now. */
function codeOf(secret: string, steps = 0): string {
  const epoch = Math.floor(world.deps.clock().getTime() / 1000) + steps * 30;
  return generateSync({ secret, epoch });
}

/** A code that is none of those around now. */
function wrongCode(secret: string): string {
  const around = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((c) => !around.includes(c)) ?? '';
}

async function again(caller: Caller): Promise<Caller> {
  const { rows } = await world.pool.raw.query<{ level: Caller['assurance']['level']; at: Date }>(
    'SELECT assurance_level AS level, authenticated_at AS at FROM sign_ins WHERE id = $1',
    [caller.signInId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('no such sign-in');
  return { ...caller, assurance: { level: row.level, authenticatedAt: row.at } };
}

/** A person with a confirmed app, at a step whose code was not used. */
async function enrolled(user: string): Promise<{ caller: Caller; secret: string }> {
  const caller = await world.caller(user);
  await world.pool.raw.query('DELETE FROM totp_factors WHERE person_id = $1', [caller.personId]);
  const { secret } = (await enrolTotp(world.deps, caller)).reveal();
  await confirmTotp(world.deps, caller, { code: codeOf(secret) });
  world.move(60);
  return { caller, secret };
}

test('a code raises the sign-in to multi-factor, proven now', async () => {
  const { caller, secret } = await enrolled('engineer');
  expect(caller.assurance.level).toBe('single-factor');
  const assurance = await verifyTotp(world.deps, caller, { code: codeOf(secret) });
  expect((await again(caller)).assurance).toEqual(assurance);
  expect(assurance.level).toBe('multi-factor');
  expect(assurance.authenticatedAt > caller.assurance.authenticatedAt).toBe(true);
  expect(await world.events('factor.enrolled')).toHaveLength(1);
  expect(await world.events('factor.used')).toHaveLength(1);
});

test('a code counts once, and so does every one before it', async () => {
  const { caller, secret } = await enrolled('engineer');
  const [before, code] = [codeOf(secret, -1), codeOf(secret)];
  await verifyTotp(world.deps, caller, { code });
  await expect(verifyTotp(world.deps, caller, { code })).rejects.toEqual(refused('not_possible'));
  await expect(verifyTotp(world.deps, caller, { code: before })).rejects.toEqual(refused('not_possible'));
});

test('the code that confirmed does not verify', async () => {
  const caller = await world.caller('auditor');
  const { secret } = (await enrolTotp(world.deps, caller)).reveal();
  const code = codeOf(secret);
  await confirmTotp(world.deps, caller, { code });
  await expect(verifyTotp(world.deps, caller, { code })).rejects.toEqual(refused('not_possible'));
  expect((await again(caller)).assurance.level).toBe('single-factor');
});

test('the same code twice at the same time: exactly one wins', async () => {
  const { caller, secret } = await enrolled('approver');
  for (let round = 0; round < 5; round++) {
    const code = codeOf(secret);
    const tries = await Promise.allSettled([1, 2].map(() => verifyTotp(world.deps, caller, { code })));
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    world.move(30);
  }
});

test('codes one step either side of now count, and none further off', async () => {
  const { caller, secret } = await enrolled('engineer');
  for (const steps of [-2, 2]) {
    await expect(verifyTotp(world.deps, caller, { code: codeOf(secret, steps) })).rejects.toEqual(
      refused('not_possible'),
    );
  }
  for (const steps of [-1, 1]) await verifyTotp(world.deps, caller, { code: codeOf(secret, steps) });
});

test('five wrong codes lock the factor for fifteen minutes, for right codes too, and the count survives the refusals', async () => {
  const { caller, secret } = await enrolled('approver2');
  const code = wrongCode(secret);
  for (let n = 1; n <= 4; n++) {
    await expect(verifyTotp(world.deps, caller, { code })).rejects.toEqual(refused('not_possible'));
  }
  await expect(verifyTotp(world.deps, caller, { code })).rejects.toEqual(refused('factor_locked'));
  const right = () => verifyTotp(world.deps, caller, { code: codeOf(secret) });
  await expect(right()).rejects.toEqual(refused('factor_locked'));
  world.move(890);
  await expect(right()).rejects.toEqual(refused('factor_locked'));
  expect((await again(caller)).assurance.level).toBe('single-factor');
  world.move(20);
  // One more wrong one locks again; only a right one clears the count.
  await expect(verifyTotp(world.deps, caller, { code: wrongCode(secret) })).rejects.toEqual(
    refused('factor_locked'),
  );
  world.move(910);
  await right();
  world.move(60);
  await expect(verifyTotp(world.deps, caller, { code: wrongCode(secret) })).rejects.toEqual(
    refused('not_possible'),
  );
  const failures = await world.events('factor.failed');
  const mine = failures.filter((event) => (event['actor'] as { id: string }).id === caller.personId);
  const details = mine.map((event) => event['details'] as { locked: boolean; whileLocked?: boolean });
  expect(details.filter(({ whileLocked }) => whileLocked !== true).map(({ locked }) => locked)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    false,
  ]);
  // Codes tried while it is locked are on record too, and count for nothing.
  expect(details.filter(({ whileLocked }) => whileLocked === true)).toHaveLength(2);
});

test('wrong codes sent all at once do not get past the lock', async () => {
  const { caller, secret } = await enrolled('approver2');
  const code = wrongCode(secret);
  const tries = await Promise.allSettled(
    Array.from({ length: 12 }, () => verifyTotp(world.deps, caller, { code })),
  );
  expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
  const { rows } = await world.pool.raw.query<{ failures: number }>(
    'SELECT failures FROM totp_factors WHERE person_id = $1',
    [caller.personId],
  );
  expect(rows).toEqual([{ failures: 5 }]);
});

test('what is no code is no attempt', async () => {
  const { caller } = await enrolled('approver2');
  for (const code of ['', '12345', '1234567', '12345a', ' 123456', '１２３４５６']) {
    await expect(verifyTotp(world.deps, caller, { code })).rejects.toEqual(refused('invalid_input'));
  }
});

test('a phishing-resistant sign-in is neither lowered nor made fresher by a code', async () => {
  const { secret } = await enrolled('engineer');
  const strong = await world.caller('engineer', 'passkey');
  world.move(600);
  const code = codeOf(secret);
  await expect(verifyTotp(world.deps, strong, { code })).rejects.toEqual(refused('not_possible'));
  // Nor by a call that read the sign-in before it was that strong.
  const stale: Caller = { ...strong, assurance: { ...strong.assurance, level: 'single-factor' } };
  await expect(verifyTotp(world.deps, stale, { code })).rejects.toEqual(refused('unauthenticated'));
  expect((await again(strong)).assurance).toEqual(strong.assurance);
});

test('a second app is refused while one is confirmed; an unconfirmed one is replaced', async () => {
  const caller = await world.caller('stranger');
  const first = (await enrolTotp(world.deps, caller)).reveal();
  const second = (await enrolTotp(world.deps, caller)).reveal();
  expect(second.secret).not.toBe(first.secret);
  await expect(verifyTotp(world.deps, caller, { code: codeOf(second.secret) })).rejects.toEqual(
    refused('not_possible'),
  );
  await expect(confirmTotp(world.deps, caller, { code: codeOf(first.secret) })).rejects.toEqual(
    refused('not_possible'),
  );
  await confirmTotp(world.deps, caller, { code: codeOf(second.secret) });
  await expect(enrolTotp(world.deps, caller)).rejects.toEqual(refused('conflict'));
  await expect(confirmTotp(world.deps, caller, { code: codeOf(second.secret, 1) })).rejects.toEqual(
    refused('conflict'),
  );
});

test('enrolling needs a sign-in of the last fifteen minutes', async () => {
  const caller = await world.caller('operator');
  world.move(901);
  await expect(enrolTotp(world.deps, caller)).rejects.toEqual(refused('insufficient_assurance'));
});

test('the seed is 160 random bits, sealed for its person, and shown once', async () => {
  const caller = await world.caller('operator');
  const enrolment = await enrolTotp(world.deps, caller);
  expect(JSON.stringify(enrolment)).toBe('"[secret]"');
  const { secret, otpauthUri } = enrolment.reveal();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(otpauthUri).toBe(`otpauth://totp/Daypass:Oscar%20Operator?secret=${secret}&issuer=Daypass`);
  const { rows } = await world.pool.raw.query<{ seed: Buffer }>(
    'SELECT seed FROM totp_factors WHERE person_id = $1',
    [caller.personId],
  );
  const seed = rows[0]?.seed ?? Buffer.alloc(0);
  expect(world.deps.masterKey.open('totp-seed', caller.personId, seed)).toHaveLength(20);
  expect(() => world.deps.masterKey.open('totp-seed', 'prs_other', seed)).toThrow();
  const events = await world.pool.raw.query('SELECT leaf FROM audit_events');
  expect(JSON.stringify(events.rows)).not.toContain(secret);
});

test('an operator with two factors resets a lost app of somebody else, and ends their sign-ins', async () => {
  const { caller, secret } = await enrolled('engineer');
  const target = { personId: caller.personId };
  const engineer = await world.caller('approver', 'otp');
  await expect(resetTotp(world.deps, engineer, target)).rejects.toEqual(refused('forbidden'));
  const weak = await world.caller('operator', 'password');
  await expect(resetTotp(world.deps, weak, target)).rejects.toEqual(refused('insufficient_assurance'));
  const operator = await world.caller('operator', 'otp');
  await expect(resetTotp(world.deps, operator, { personId: operator.personId })).rejects.toEqual(
    refused('forbidden'),
  );
  await expect(resetTotp(world.deps, operator, { personId: 'prs_nobody' })).rejects.toEqual(
    refused('not_found'),
  );
  await resetTotp(world.deps, operator, target);
  await expect(verifyTotp(world.deps, caller, { code: codeOf(secret) })).rejects.toEqual(
    refused('not_possible'),
  );
  const { rows } = await world.pool.raw.query(
    'SELECT 1 FROM sign_ins WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2',
    [caller.personId, world.deps.clock()],
  );
  expect(rows).toEqual([]);
  expect(await world.events('factor.reset')).toMatchObject([
    { actor: { id: operator.personId }, subject: caller.personId },
  ]);
});

test('where TOTP is off none of it exists', async () => {
  const caller = await world.caller('operator', 'otp');
  const deps = { ...world.deps, totpEnabled: false };
  const calls = [
    () => enrolTotp(deps, caller),
    () => confirmTotp(deps, caller, { code: '123456' }),
    () => verifyTotp(deps, caller, { code: '123456' }),
    () => resetTotp(deps, caller, { personId: 'prs_other' }),
  ];
  for (const call of calls) await expect(call()).rejects.toEqual(refused('not_found'));
});
