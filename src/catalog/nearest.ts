/** The number of single edits (insert, delete, replace, swap of neighbours) from a to b. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The known name that was probably meant.
 * @returns null when nothing is near: at most a third of the letters may differ, and 1000 names are compared
 */
export function nearest(text: string, known: Iterable<string>): string | null {
  const wanted = text.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  let compared = 0;
  for (const name of known) {
    if (++compared > 1000) break;
    if (Math.abs(name.length - wanted.length) > limit || name.length > 200) continue;
    const found = distance(wanted, name.toLowerCase());
    if (found < bestDistance) {
      best = name;
      bestDistance = found;
    }
  }
  return best;
}

// While a catalog is checked, the same name can be looked for among the same ones many times.
const answers = new WeakMap<Iterable<string>, Map<string, string>>();

/**
 * ` (did you mean 'x'?)`, or nothing when no known name is near.
 * @param known looked through once for each text: a set or list is taken not to change
 */
export function didYouMean(text: string, known: Iterable<string>): string {
  const before = answers.get(known) ?? new Map<string, string>();
  answers.set(known, before);
  const answer = before.get(text) ?? hint(nearest(text, known));
  before.set(text, answer);
  return answer;
}

function hint(name: string | null): string {
  return name === null ? '' : ` (did you mean '${name}'?)`;
}
