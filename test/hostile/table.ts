/** Reads a table as it is written in a test: columns in the first line, a row a line, apart by blanks. */
export function cells(table: string): Record<string, Record<string, string>> {
  const [head = '', ...rows] = table.trim().split('\n');
  const names = head.trim().split(/\s+/);
  return Object.fromEntries(
    rows.map((line) => {
      const [row = '', ...values] = line.trim().split(/\s+/);
      if (values.length !== names.length) throw new Error(`the row of ${row} has ${values.length} cells`);
      return [row, Object.fromEntries(names.map((name, place) => [name, values[place] ?? '']))];
    }),
  );
}
