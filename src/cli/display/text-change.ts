import { printable } from './printable.ts';

const most = 400;
const around = 2;

/**
 * What changes from one text to another: every line between the first and the last difference, `-` for what goes and `+` for what
 * comes, printable. The more there is, the more it says that the whole text should be read.
 */
export function changedLines(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const marked = (mark: string, lines: readonly string[]) =>
    lines.map((line) => `${mark} ${printable(line)}`);
  const from = Math.max(0, head - around);
  const shown = [
    `from line ${from + 1}:`,
    ...marked(' ', now.slice(from, head)),
    ...marked('-', old.slice(head, old.length - tail)),
    ...marked('+', now.slice(head, now.length - tail)),
    ...marked(' ', now.slice(now.length - tail, now.length - tail + around)),
  ];
  const rest = shown.length - most;
  return `${shown.slice(0, most).join('\n')}\n${rest > 0 ? `and ${rest} more lines: see daypass catalog show\n` : ''}`;
}
