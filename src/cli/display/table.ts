import stringWidth from 'fast-string-width';
import { printable } from './printable.ts';
import { shorten } from './shorten.ts';

const gap = '  ';

/** Room for a table whose lines must not wrap. */
export interface Fit {
  /** Columns of the terminal; undefined where everything is to be written in full. */
  readonly columns: number | undefined;
  /** Headings of what is never cut: ids, times. Should these alone be wider than the terminal, the lines wrap. */
  readonly whole: readonly string[];
}

/**
 * Rows under headings, in columns that line up on a terminal (wide characters count two). Every cell is made printable. Where
 * the terminal is too narrow the widest columns are cut, with `…`. Ends with a line break; no rows give an empty text.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  fit: Fit = { columns: undefined, whole: [] },
): string {
  if (rows.length === 0) return '';
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))),
  );
  if (fit.columns === undefined) return lines.map((line) => `${alignedLine(line, widths)}\n`).join('');
  const narrowed = narrow(
    widths,
    headings.map((heading) => !fit.whole.includes(heading)),
    fit.columns - gap.length * (headings.length - 1),
  );
  return lines
    .map((line) => line.map((cell, column) => shorten(cell, narrowed[column] ?? 0)))
    .map((line) => `${alignedLine(line, narrowed)}\n`)
    .join('');
}

/**
 * One fact a line, names on the left. Values are made printable. On a terminal of so many columns a long value goes on below
 * itself, broken between words: an id stays whole.
 */
export function facts(
  pairs: readonly (readonly [name: string, value: string])[],
  columns: number | undefined,
): string {
  const width = Math.max(0, ...pairs.map(([name]) => stringWidth(name)));
  const room = columns === undefined ? undefined : columns - width - gap.length;
  return pairs
    .flatMap(([name, value]) =>
      wrap(printable(value), room).map((line, index) => [index === 0 ? name : '', line]),
    )
    .map((line) => `${alignedLine(line, [width, 0])}\n`)
    .join('');
}

function wrap(text: string, room: number | undefined): string[] {
  // Too narrow to be worth it.
  if (room === undefined || room < 20) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || stringWidth(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

// The widest that may be cut gives up one column at a time, so that short ones such as names stay whole longest.
function narrow(widths: readonly number[], mayCut: readonly boolean[], room: number): number[] {
  const narrowed = [...widths];
  let excess = narrowed.reduce((sum, width) => sum + width, 0) - room;
  for (; excess > 0; excess -= 1) {
    const cuttable = narrowed.map((width, column) => (mayCut[column] === true ? width : 0));
    const widest = Math.max(...cuttable);
    if (widest <= 1) break;
    narrowed[cuttable.indexOf(widest)] = widest - 1;
  }
  return narrowed;
}

function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))))
    .join(gap)
    .trimEnd();
}
