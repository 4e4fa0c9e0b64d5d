import { expect, test } from 'vitest';
import { changedLines } from '../../src/cli/display/text-change.ts';

test('every changed line is shown, and what would not show is', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f'].join('\n');
  expect(changedLines(before, before.replace('d', 'x\u202e\ny'))).toBe(
    'from line 2:\n  b\n  c\n- d\n+ x\\u{202e}\n+ y\n  e\n  f\n',
  );
  expect(changedLines(before, `${before}\ng`)).toBe('from line 5:\n  e\n  f\n+ g\n');
  expect(changedLines('', 'a\nb')).toBe('from line 1:\n- \n+ a\n+ b\n');
});

test('a long change says that it goes on', () => {
  const many = Array.from({ length: 900 }, (_, line) => `line ${line}`).join('\n');
  expect(changedLines('', many)).toMatch(/and \d+ more lines: see daypass catalog show\n$/);
});
