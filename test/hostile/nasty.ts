import fc from 'fast-check';

// Text that has broken other programs. Nothing in it looks like an error of ours, so an echo is not taken for a leak.
const words = [
  '',
  ' ',
  '\t\n\r\n',
  '\0',
  'a\0b',
  '\u0007\u001b[2J\u009b31m',
  '\u202Etxt.exe',
  '\u2066\u2069\u200f\u061c',
  'pr\u043ed/admin',
  '\u0391da \uff21\uff44\uff41 \ud835\udc00',
  '\u200b\u200d\ufeff',
  '\u{e0041}\u{e0042}\u{e007f}',
  '\u2028\u2029',
  '\ud800',
  '\udfff\ud800',
  'Z\u0351\u036b\u0343'.repeat(50),
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  "'; DROP TABLE requests; --",
  '" OR 1=1 --',
  '${7*7}{{7*7}}<%= 7*7 %>#{7*7}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%',
  '%zz',
  '%c0%af',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  'true',
  '[object Object]',
  '-1',
  '0x10',
  '1e309',
  '9007199254740993',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2016-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  'x'.repeat(201),
  'x'.repeat(5_000),
  '\u{1f600}'.repeat(1_000),
];

/** Text from the list above, or any at all. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
      .map((units) => String.fromCharCode(...units)),
  },
);

const numbers = [
  0,
  -0,
  -1,
  1,
  59,
  60,
  43_200,
  43_201,
  1.5,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  1e21,
  1e308,
  Number.MIN_VALUE,
];

/** Any JSON that nobody would send: of the wrong type, wide, or nested. */
export const nastyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nastyText },
  { weight: 2, arbitrary: fc.constantFrom(...numbers) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { '': {} }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }).map(nested) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 100, max: 3_000 }).map((n) => Array.from({ length: n }, (_, i) => i % 7)),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.oneof(nastyText, fc.constantFrom('state', 'requester', 'isOperator')),
      fc.constantFrom(1, null, 'x'),
      { maxKeys: 6 },
    ),
  },
);

function nested(levels: number): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Whole bodies as text that are not quite JSON, or JSON that reaches for what it should not. */
export const nastyBodyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{"a":1,}',
    "{'a':1}",
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"a":{"__proto__":{"polluted":true}}}',
    '{"\\u005f_proto__":{"polluted":true}}',
    '{"reason":"\\ud800"}',
    '{"durationSeconds":1e400}',
    '{"durationSeconds":-1e400,"durationSeconds":60}',
    '\ufeff{}',
    '{}{}',
    '{"a":NaN}',
    `{"a":"${'x'.repeat(70_000)}"}`,
    `{"${'k'.repeat(60_000)}":1}`,
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    `{"entitlements":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    `{"entitlements":[${'"a",'.repeat(15_000)}"a"]}`,
    `{${Array.from({ length: 4_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  nastyJson.map((value) => JSON.stringify(value) ?? ''),
);
