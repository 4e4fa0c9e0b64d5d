import stringWidth from 'fast-string-width';
import { printable } from './printable.ts';

/**
 * Rows under headings, in columns that line up on a terminal (wide characters count two). Every cell is made printable.
 * Ends with a line break; no rows give an empty text.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))),
  );
  return lines.map((line) => `${alignedLine(line, widths)}\n`).join('');
}

/** One fact a line, names on the left. Values are made printable. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => stringWidth(name)));
  return pairs.map(([name, value]) => `${alignedLine([name, printable(value)], [width, 0])}\n`).join('');
}

function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell))))
    .join('  ')
    .trimEnd();
}
