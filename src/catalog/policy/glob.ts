/**
 * Patterns as IAM writes them: `*` is any run of characters, `?` exactly one, everything else itself, without regard to case
 * (AWS, "IAM JSON policy elements: Action": service prefix and action name are case-insensitive).
 */

/** Is there a text that both patterns match? Exact: false is a proof that there is none. */
export function globsIntersect(a: string, b: string): boolean {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return walk(right.length, (i, j, go) => {
    if (left[i] === '*') return go(i + 1, j) || (j < right.length && go(i, j + 1));
    if (right[j] === '*') return go(i, j + 1) || (i < left.length && go(i + 1, j));
    if (i === left.length || j === right.length) return i === left.length && j === right.length;
    return (left[i] === right[j] || left[i] === '?' || right[j] === '?') && go(i + 1, j + 1);
  });
}

/** Does everything that `inner` matches also match `outer`? True is a proof; false may err on the safe side. */
export function globCovers(outer: string, inner: string): boolean {
  const [left, right] = [outer.toLowerCase(), inner.toLowerCase()];
  return walk(right.length, (i, j, go) => {
    if (left[i] === '*') return go(i + 1, j) || (j < right.length && go(i, j + 1));
    if (i === left.length || j === right.length) return i === left.length && j === right.length;
    if (right[j] === '*') return false;
    return (left[i] === right[j] || left[i] === '?') && go(i + 1, j + 1);
  });
}

/** Does the pattern match this one text, which has no wildcards? */
export function globMatches(pattern: string, text: string): boolean {
  return globCovers(pattern, text);
}

/** Does the pattern of an ARN match this one? Unlike those of actions, ARNs differ by case. */
export function arnMatches(pattern: string, arn: string): boolean {
  return walk(arn.length, (i, j, go) => {
    if (pattern[i] === '*') return go(i + 1, j) || (j < arn.length && go(i, j + 1));
    if (i === pattern.length || j === arn.length) return i === pattern.length && j === arn.length;
    return (pattern[i] === arn[j] || pattern[i] === '?') && go(i + 1, j + 1);
  });
}

type Step = (i: number, j: number, go: (i: number, j: number) => boolean) => boolean;

// Each pair of places is looked at once, so that no pattern can make this slow.
function walk(width: number, step: Step): boolean {
  const known = new Map<number, boolean>();
  const go = (i: number, j: number): boolean => {
    const key = i * (width + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const found = step(i, j, go);
    known.set(key, found);
    return found;
  };
  return go(0, 0);
}
