import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Anchor, anchorText, parseAnchor, type Reading } from '../../src/anchor/anchor.ts';
import { AnchorUnusable, readAnchor, writeAnchor } from '../../src/anchor/anchor-file.ts';
import { judge, type Standing } from '../../src/anchor/judge.ts';
import { checks } from '../../src/config-checks.ts';

const key = { id: 'key-1', key: randomBytes(32) };
const anchor: Anchor = {
  database: '0d9ac1e4-2f0b-4b52-8d2c-0f2f3a0f7f10',
  mark: 7,
  event: 'evt_01j00000000000000000000000',
  time: '2026-11-22T09:00:00.000Z',
};

describe('the text of an anchor', () => {
  test('says what was written', () => {
    expect(parseAnchor(key, anchorText(key, anchor))).toEqual({ is: 'read', anchor });
    const none = { ...anchor, mark: 0, event: null, time: null };
    expect(parseAnchor(key, anchorText(key, none))).toEqual({ is: 'read', anchor: none });
  });

  test.each([
    ['database', 'another'],
    ['mark', 8],
    ['event', 'evt_01j00000000000000000000001'],
    ['event', null],
    ['time', '2026-11-22T09:00:01.000Z'],
    ['time', null],
    ['mac', ''],
    ['mac', randomBytes(32).toString('base64url')],
  ])('is forged when its %s is changed to %s', (field, value) => {
    const changed = { ...(JSON.parse(anchorText(key, anchor)) as object), [field]: value };
    expect(parseAnchor(key, JSON.stringify(changed))).toEqual({ is: 'forged' });
  });

  test('of another master key says nothing, and is told apart from a forged one', () => {
    const other = { id: 'key-2', key: randomBytes(32) };
    expect(parseAnchor(key, anchorText(other, anchor))).toEqual({ is: 'of-another-key' });
  });

  test('is damaged wherever it is cut off, and whatever else it is', () => {
    const text = anchorText(key, anchor).trim();
    for (let length = 0; length < text.length; length++)
      expect(parseAnchor(key, text.slice(0, length))).toEqual({ is: 'damaged' });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (other) => {
        expect(parseAnchor(key, other)).toEqual({ is: 'damaged' });
      }),
    );
  });
});

describe('the verdict', () => {
  const standing: Standing = {
    database: anchor.database,
    mark: 7,
    hasAnchoredEvent: true,
    lastClosure: null,
    isOpen: true,
  };
  const read: Reading = { is: 'read', anchor };
  const closure = (seconds: number, anchorEvent: string | null = null) => ({
    at: new Date(Date.parse(anchor.time ?? '') + seconds * 1000),
    anchorEvent,
  });
  const before = closure(-1);
  const after = closure(1);
  const sameInstant = closure(0, anchor.event);

  test.each<[string, Exclude<Reading, { is: 'of-another-key' }>, Partial<Standing>, object]>([
    ['the same', read, {}, { is: 'holds' }],
    ['gone on since', read, { mark: 9 }, { is: 'holds' }],
    ['an older mark', read, { mark: 6 }, { is: 'close', reason: 'older_database' }],
    [
      'another history',
      read,
      { mark: 9, hasAnchoredEvent: false },
      { is: 'close', reason: 'older_database' },
    ],
    ['another database', read, { database: 'x' }, { is: 'close', reason: 'other_database' }],
    ['no anchor', { is: 'none' }, {}, { is: 'nothing-to-compare' }],
    ['damaged', { is: 'damaged' }, {}, { is: 'close', reason: 'damaged_anchor' }],
    ['forged', { is: 'forged' }, {}, { is: 'close', reason: 'forged_anchor' }],
    ['damaged, and closed already', { is: 'damaged' }, { isOpen: false }, { is: 'dealt-with' }],
    ['older, and closed since', read, { mark: 6, lastClosure: after }, { is: 'dealt-with' }],
    [
      'older, closed since and not opened',
      read,
      { mark: 6, lastClosure: after, isOpen: false },
      { is: 'dealt-with' },
    ],
    [
      'older, and closed over it in the same instant',
      read,
      { mark: 6, lastClosure: sameInstant },
      { is: 'dealt-with' },
    ],
    [
      'older, and closed over another in the same instant',
      read,
      { mark: 6, lastClosure: closure(0) },
      { is: 'close', reason: 'older_database' },
    ],
    ['restored once more', read, { mark: 6, lastClosure: before }, { is: 'close', reason: 'older_database' }],
    [
      'restored while it was closed',
      read,
      { mark: 6, lastClosure: before, isOpen: false },
      { is: 'close', reason: 'older_database' },
    ],
  ])('%s', (_name, reading, over, verdict) => {
    expect(judge(reading, { ...standing, ...over })).toEqual(verdict);
  });
});

describe('the file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daypass-anchor-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is replaced in one step, and nothing is left beside it', async () => {
    const path = join(folder, 'anchor');
    expect(await readAnchor(path, key)).toEqual({ is: 'none' });
    await writeAnchor(path, key, anchor);
    const marks = Array.from({ length: 20 }, (_, i) => i + 8);
    await Promise.all(marks.map((mark) => writeAnchor(path, key, { ...anchor, mark })));
    const found = await readAnchor(path, key);
    expect(found.is === 'read' && marks.includes(found.anchor.mark)).toBe(true);
    expect(await readdir(folder)).toEqual(['anchor']);
  });

  test('that is far too long is damaged, and not read to its end', async () => {
    const path = join(folder, 'long');
    await writeFile(path, `${await readFile(join(folder, 'anchor'), 'utf8')}${' '.repeat(1_000_000)}`);
    expect(await readAnchor(path, key)).toEqual({ is: 'damaged' });
  });

  test('that cannot be read or written is a slip that is told, not an anchor', async () => {
    await mkdir(join(folder, 'directory'));
    await expect(readAnchor(join(folder, 'directory'), key)).rejects.toThrow(AnchorUnusable);
    await expect(writeAnchor(join(folder, 'directory'), key, anchor)).rejects.toThrow(AnchorUnusable);
    await expect(writeAnchor(join(folder, 'nowhere', 'anchor'), key, anchor)).rejects.toThrow(/ANCHOR_FILE/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
  });
});

test('ANCHOR_FILE is an absolute path, or nothing', () => {
  const problems: string[] = [];
  const check = checks(problems);
  expect(check.file('ANCHOR_FILE', '')).toBeNull();
  expect(check.file('ANCHOR_FILE', '/var/lib/daypass/anchor')).toBe('/var/lib/daypass/anchor');
  expect(problems).toEqual([]);
  check.file('ANCHOR_FILE', 'anchor');
  expect(problems).toEqual(['ANCHOR_FILE must be an absolute path']);
});
