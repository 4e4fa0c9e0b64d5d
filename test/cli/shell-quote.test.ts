import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellQuote } from '../../src/cli/shell-quote.ts';

test('a shell reads every quoted text as one word, exactly as it was', () => {
  const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 20 }), 60);
  const all = [
    ...texts,
    "it's",
    '$(id)',
    '`id`',
    '"',
    '\\',
    'a b',
    '',
    '*',
    '~',
    '!x',
    '\n',
    '-n',
    '#',
  ].filter((text) => !text.includes('\0'));
  const script = `for each in ${all.map(shellQuote).join(' ')}; do printf '%s\\0' "$each"; done`;
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  expect(read).toEqual(all);
});
