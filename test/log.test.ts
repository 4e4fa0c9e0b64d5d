import { DrizzleQueryError } from '../src/db/drizzle.ts';
import { expect, test } from 'vitest';
import { Secret } from '../src/keys/secret.ts';
import { createLog, messageOf } from '../src/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog('debug', { write: (line) => void (text += line) }));
  return text;
}

const failedQuery = new DrizzleQueryError(
  'insert into x values ($1)',
  ['hunter2'],
  new Error('value too long'),
);

test.each([
  ['a failed query', failedQuery],
  ['an error caused by a failed query', new Error('while saving', { cause: failedQuery })],
  ['one deeper still', new Error('outer', { cause: new Error('middle', { cause: failedQuery }) })],
])('the values of a query are not logged: %s', (_what, error) => {
  const text = logged((log) => log.error({ err: error }, 'fault'));
  expect(text).not.toContain('hunter2');
  expect(text).toContain('value too long');
  expect(text).toContain('insert into x');
});

test('what is told on the terminal holds no values either', () => {
  expect(messageOf(failedQuery)).toBe('value too long');
});

test('a secret is a placeholder at any depth', () => {
  const text = logged((log) => log.info({ a: { b: [{ credentials: new Secret('hunter2') }] } }, 'x'));
  expect(text).toContain('[secret]');
  expect(text).not.toContain('hunter2');
});
