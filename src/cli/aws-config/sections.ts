/** One section of an AWS configuration file: its header line and the lines up to the next header. */
export interface Section {
  /** What stands in the brackets, quotes and extra spaces taken off: `default`, `profile prod/admin`. */
  readonly title: string;
  /** Index of the header in the lines; `end` is one past the last line. */
  readonly start: number;
  readonly end: number;
}

/** Splits a file into lines that keep their own line breaks: joined again they are the file. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The sections, in order. */
export function findSections(lines: readonly string[]): Section[] {
  const starts = lines.flatMap((line, start) => {
    const title = titleIn(line);
    return title === null ? [] : [{ title, start }];
  });
  return starts.map(({ title, start }, index) => ({
    title,
    start,
    end: starts[index + 1]?.start ?? lines.length,
  }));
}

// A UTF-8 byte order mark, read as Latin-1, may stand before the first header.
function titleIn(line: string): string | null {
  const inside = /^(?:\u00ef\u00bb\u00bf)?[ \t]*\[([^\]\r\n]*)\]/.exec(line)?.[1];
  if (inside === undefined) return null;
  return inside
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(profile) (["'])(.*)\2$/, '$1 $3');
}
