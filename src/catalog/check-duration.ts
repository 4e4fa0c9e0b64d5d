import type { LocatedDocument, Path } from './document.ts';
import { durationPattern, formatDuration, parseDuration } from './duration.ts';
import type { Range } from './limits.ts';
import { quoted } from './lookalike.ts';

/** Notes a duration out of its range. Returns the seconds when it is one and within, else null. */
export function checkDuration(document: LocatedDocument, path: Path, range: Range): number | null {
  const text = document.at(path);
  if (typeof text !== 'string' || !new RegExp(durationPattern).test(text)) return null;
  const seconds = parseDuration(text);
  if (seconds !== null && seconds >= range.min && seconds <= range.max) return seconds;
  const limits = `${formatDuration(range.min)} to ${formatDuration(range.max)}`;
  document.note(path, 'value', `'${String(path.at(-1))}' must be ${limits}, not ${quoted(text)}`);
  return null;
}
