import { expect } from 'vitest';
import { refusalCodes } from '../../src/refusal.ts';

/** What came back, wherever it came from. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const codes: ReadonlySet<string> = new Set([
  ...refusalCodes,
  'method_not_allowed',
  'too_large',
  'too_slow',
  'unsupported_media_type',
  'unavailable',
]);

// What errors of the inside look like: stacks, paths, statements, names of libraries and of the database's parts.
const inside =
  /\n\s+at |\.(?:ts|js):\d+|node_modules|file:\/\/|\/(?:work|home|root|tmp|usr)\/|\bselect .+ from\b|\binsert into\b|\bupdate "|syntax error at|out of range|call stack|Drizzle|postgres(?:ql)?:\/\/|\bpg_|daypass_(?:app|owner|test)|ECONNREFUSED|TypeError|RangeError|FST_ERR|HPE_|AJV/i;

/**
 * Holds an answer against what is true of every answer: never a fault, errors are problem details that name the call, and
 * nothing of the inside shows. Throws, as tests do.
 */
export function checkAnswer(answer: Answered, secrets: readonly string[], allowOauthErrors = false): void {
  expect(answer.status).toBeGreaterThanOrEqual(200);
  expect(answer.status, answer.body.slice(0, 500)).toBeLessThan(500);
  const everything = `${JSON.stringify(answer.headers)}\n${answer.body}`;
  for (const secret of secrets) expect(everything.includes(secret)).toBe(false);
  checkPrototypes();
  if (answer.status < 400) return;
  expect(answer.body).not.toMatch(inside);
  const type = String(answer.headers['content-type']);
  if (allowOauthErrors && type.startsWith('application/json')) {
    expect(Object.keys(JSON.parse(answer.body) as object).toSorted()).toEqual(['error', 'error_description']);
    return;
  }
  // Whoever prefers a page gets one, for addresses that are none.
  if (type.startsWith('text/html')) {
    expect(answer.body).toMatch(/Code [a-z_]+, request [0-9a-f-]{36}/);
    return;
  }
  expect(type).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(codes).toContain(problem['code']);
  expect(problem['status']).toBe(answer.status);
  expect(problem['requestId']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  for (const field of ['type', 'title', 'detail']) expect(typeof problem[field]).toBe('string');
}

/** Nothing has put anything on what all objects share. */
export function checkPrototypes(): void {
  for (const shared of [Object.prototype, Array.prototype, Function.prototype, String.prototype]) {
    const enumerable: string[] = [];
    for (const key in shared) enumerable.push(key);
    expect(enumerable).toEqual([]);
  }
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
}

interface GraphqlError {
  readonly message: unknown;
  readonly extensions?: { readonly code?: unknown; readonly requestId?: unknown };
}

/** The same for GraphQL, whose errors stand in the body. Returns the codes of its errors. */
export function checkGraphqlAnswer(answer: Answered, secrets: readonly string[]): string[] {
  if (!String(answer.headers['content-type']).startsWith('application/json')) {
    checkAnswer(answer, secrets);
    if (!answer.body.startsWith('{')) return ['page'];
    return [String((JSON.parse(answer.body) as { code: unknown }).code)];
  }
  expect([200, 400]).toContain(answer.status);
  checkAnswer({ ...answer, status: 200 }, secrets);
  const { errors = [], ...rest } = JSON.parse(answer.body) as { data?: unknown; errors?: GraphqlError[] };
  expect(Object.keys(rest)).toEqual(['data']);
  expect(answer.status === 400 && errors.length === 0).toBe(false);
  return errors.map(({ message, extensions }) => {
    expect(message).not.toMatch(inside);
    expect(typeof message).toBe('string');
    expect(codes).toContain(extensions?.code);
    expect(extensions?.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    return String(extensions?.code);
  });
}
