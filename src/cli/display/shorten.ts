import stringWidth from 'fast-string-width';

const graphemes = new Intl.Segmenter();

/** A text cut to so many columns of a terminal (wide characters count two), with `…` at the end where something was left out. */
export function shorten(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`;
}
