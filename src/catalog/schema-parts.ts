import { Type as T } from 'typebox';
import { durationPattern, formatDuration } from './duration.ts';
import type { Range } from './limits.ts';

// Forms that several parts of the file share. Titles are noun phrases: the checker says "must be <title>", editors show them too.

/** A length of time within a range. */
export function duration(description: string, range: Range, fallback?: number) {
  const limits = `${formatDuration(range.min)} to ${formatDuration(range.max)}`;
  return T.String({
    title: 'a duration such as 15m, 1h or 1h30m',
    description: `${description} ${limits}.`,
    pattern: durationPattern,
    ...(fallback === undefined ? {} : { default: formatDuration(fallback) }),
  });
}

/** Words that people read. */
export function text(title: string, maxLength: number, description: string) {
  // Not blank; no control, invisible or direction-changing characters: approvers read this.
  return T.String({
    title,
    description,
    minLength: 1,
    maxLength,
    pattern: '^[ \\n]*[^\\s\\p{C}][\\P{C}\\n]*$',
  });
}

/** Names of groups. */
export function groupList(description: string, maxItems: number) {
  const group = text(
    'the name of a group, as text',
    256,
    'Compared exactly with the names the identity provider sends.',
  );
  return T.Array(group, { title: 'a list of group names', description, minItems: 1, maxItems });
}
