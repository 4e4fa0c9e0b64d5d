const cache = new Map<string, RegExp>();

function pattern(glob: string, caseInsensitive: boolean): RegExp {
  const key = `${caseInsensitive ? 'i' : 's'}${glob}`;
  const known = cache.get(key);
  if (known) return known;
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const made = new RegExp(`^${source}$`, caseInsensitive ? 'isu' : 'su');
  cache.set(key, made);
  return made;
}

/** `*` is any run of characters, `?` exactly one (AWS: IAM JSON policy elements, condition operators, StringLike). */
export function matchesWildcard(glob: string, value: string): boolean {
  return pattern(glob, false).test(value);
}

/** Service prefix and action name are case-insensitive (AWS: IAM JSON policy elements, Action). */
export function matchesAction(glob: string, action: string): boolean {
  return pattern(glob, true).test(action);
}

/** The six colon-separated parts of an ARN; the last keeps its own colons. Null if there are fewer. */
export function arnParts(arn: string): string[] | null {
  const parts = arn.split(':');
  if (parts.length < 6) return null;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/**
 * Each of the six parts is checked separately and each can hold wildcards
 * (AWS: condition operators, ArnEquals and ArnLike behave identically; Resource element: wildcards hold within a part).
 */
export function matchesArn(glob: string, arn: string): boolean {
  if (glob === '*') return true;
  const globParts = arnParts(glob);
  const parts = arnParts(arn);
  if (!globParts || !parts) return false;
  return globParts.every((part, i) => matchesWildcard(part, parts[i] ?? ''));
}
