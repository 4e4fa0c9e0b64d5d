import { expect, test } from 'vitest';
import { startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

test('a new app is shown on stdout only, and said to count once confirmed', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const enrolment = { otpauthUri: 'otpauth://totp/Daypass:Erin?secret=SEED', secret: 'SEED' };
  fake.on('POST /v1/factors/totp', { status: 201, body: enrolment });
  const { code, stdout, stderr } = await runDaypass(['factor', 'enrol', '--json'], home.env);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'It counts once confirmed: run daypass factor confirm\n',
  });
  expect(JSON.parse(stdout)).toEqual(enrolment);
});

test('a code comes on stdin, never as an argument, and goes to the server once', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/factors/totp/confirm', { status: 204 });
  fake.on('POST /v1/factors/totp/verify', {
    body: { level: 'multi-factor', authenticatedAt: '2026-11-22T10:00:00Z' },
  });
  const input = ' 123456\n';
  expect(await runDaypass(['factor', 'confirm'], home.env, { input })).toMatchObject({ code: 0, stdout: '' });
  expect(await runDaypass(['factor', 'verify'], home.env, { input })).toMatchObject({
    code: 0,
    stdout: 'This sign-in is multi-factor now.\n',
  });
  expect(fake.calls.map(({ body }) => body)).toEqual([{ code: '123456' }, { code: '123456' }]);
  expect((await runDaypass(['factor', 'verify', '123456'], home.env)).code).toBe(2);
  expect(fake.calls).toHaveLength(2);
});
