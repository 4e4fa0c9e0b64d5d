import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEgress } from '../../src/egress/egress.ts';
import { refusalOf } from './refusal.ts';

// Names are never asked for here: what is spelled out must be seen for what it is before.
const asked: string[] = [];
const egress = createEgress({
  allow: [],
  resolve: (name) => {
    asked.push(name);
    return Promise.resolve([]);
  },
});
const get = (url: string) => egress.send({ url, method: 'GET', headers: {} });

const privateNumber = fc
  .constantFrom(
    [0x7f000000, 24],
    [0x0a000000, 24],
    [0xac100000, 20],
    [0xc0a80000, 16],
    [0xa9fe0000, 16],
    [0x64400000, 22],
    [0x00000000, 24],
    [0xe0000000, 28],
    [0xf0000000, 28],
  )
  .chain(([base = 0, bits = 0]) =>
    fc.integer({ min: 0, max: 2 ** bits - 1 }).map((host) => (base + host) >>> 0),
  );
const radix = fc.constantFrom('decimal', 'octal', 'hex', 'HEX', 'padded octal', 'padded hex');

function spell(number: number, how: string): string {
  switch (how) {
    case 'octal':
      return `0${number.toString(8)}`;
    case 'hex':
      return `0x${number.toString(16)}`;
    case 'HEX':
      return `0X${number.toString(16).toUpperCase()}`;
    case 'padded octal':
      return `000${number.toString(8)}`;
    case 'padded hex':
      return `0x000${number.toString(16)}`;
    default:
      return String(number);
  }
}

/** The forms of inet_aton: one to four parts, the last of which takes what is left. */
function parts(number: number, count: number): number[] {
  const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff);
  const rest = bytes.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
  return [...bytes.slice(0, count - 1), rest];
}

/** The same host as a browser reads it: full-width digits, other dots, percent signs. */
const disguise = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => `${text}.`,
  (text) => text.replaceAll('.', '。'),
  (text) => text.replaceAll('.', '%2E'),
  (text) => text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (text) => text.replaceAll(/\d/g, (digit) => `%3${digit}`),
  (text) => `\u00ad${text}`,
);

test('no spelling of a private IPv4 address passes', async () => {
  const spelled = fc.record({
    number: privateNumber,
    count: fc.integer({ min: 1, max: 4 }),
    radixes: fc.array(radix, { minLength: 4, maxLength: 4 }),
    disguise,
  });
  await fc.assert(
    fc.asyncProperty(spelled, async ({ number, count, radixes, disguise: dress }) => {
      const host = dress(
        parts(number, count)
          .map((part, index) => spell(part, radixes[index] ?? 'decimal'))
          .join('.'),
      );
      const { code } = await refusalOf(get(`https://${host}/`));
      expect(code, host).toBe('EGRESS_ADDRESS');
    }),
    { numRuns: 3000 },
  );
  expect(asked).toEqual([]);
});

test('no spelling of a private, disguised or local IPv6 address passes', async () => {
  const tail = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  // The first groups of a network; the rest is drawn.
  const prefixes: readonly (readonly number[])[] = [
    [0xfc00],
    [0xfdff],
    [0xfe80],
    [0xfebf],
    [0xfec0],
    [0xff02],
    [0x2002],
    [0x2001, 0],
    [0x2001, 0xdb8],
    [0x3fff, 0],
    [0x64, 0xff9b, 1],
    [0x64, 0xff9b, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0xffff],
    [0, 0, 0, 0, 0xffff, 0],
    [0, 0, 0, 0, 0, 0],
    [0x100, 0, 0, 0],
    [0x4000],
    [0x1fff],
  ];
  const style = fc.record({
    upper: fc.boolean(),
    padded: fc.boolean(),
    compressed: fc.boolean(),
    dotted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...prefixes), tail, style, async (prefix, random, how) => {
      const groups = random.map((group, index) => prefix[index] ?? group);
      let words = groups.map((group) => group.toString(16).padStart(how.padded ? 4 : 1, '0'));
      if (how.dotted) {
        const [high = 0, low = 0] = groups.slice(6);
        words = [...words.slice(0, 6), [high >> 8, high & 255, low >> 8, low & 255].join('.')];
      }
      let text = words.join(':');
      if (how.compressed) text = text.replace(/(^|:)0+(:0+)+(?=:|$)/, '$1:');
      if (text.endsWith(':') && !text.endsWith('::')) text += ':';
      if (how.upper) text = text.toUpperCase();
      const { code } = await refusalOf(get(`https://[${text}]/`));
      expect(['EGRESS_ADDRESS', 'EGRESS_URL'], text).toContain(code);
    }),
    { numRuns: 2000 },
  );
  expect(asked).toEqual([]);
});

test.each([
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::FFFF:A9FE:A9FE]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::169.254.169.254]/',
  'https://[fd00:ec2::254]/latest/meta-data',
  'https://169.254.169.254/latest/meta-data',
  'https://0/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://017700000001/',
  'https://①②⑦.0.0.1/',
])('%s is refused as the address that it is', async (url) => {
  expect((await refusalOf(get(url))).code).toBe('EGRESS_ADDRESS');
});

test('private addresses that a name resolves to are refused, in every form that a resolver gives', async () => {
  const byName = (addresses: readonly string[]) =>
    refusalOf(
      createEgress({ allow: [], resolve: () => Promise.resolve(addresses) }).send({
        url: 'https://hooks.example/',
        method: 'GET',
        headers: {},
      }),
    );
  await fc.assert(
    fc.asyncProperty(privateNumber, fc.boolean(), async (number, mapped) => {
      const dotted = parts(number, 4).join('.');
      expect((await byName([mapped ? `::ffff:${dotted}` : dotted])).code).toBe('EGRESS_ADDRESS');
    }),
  );
  for (const answer of ['::1', 'fe80::1%lo', 'fd00::1', 'not an address', ''])
    expect((await byName([answer])).code, answer).toBe('EGRESS_ADDRESS');
});
