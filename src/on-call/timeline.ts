/** Who is on call from one time to another, in milliseconds since 1970. */
export interface Shift {
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
  readonly people: readonly string[];
  readonly unmapped: readonly string[];
}

/** Who is on call from a time on, until the next segment begins. */
export interface Segment {
  readonly from: number;
  readonly people: readonly string[];
  readonly unmapped: readonly string[];
}

/** What is known of a schedule: nothing before `from`, nothing from `to` on, segments without gaps between. */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
  /** When the last segment ends, where the source says so. */
  readonly until: number | null;
}

export const mostAtOnce = 50;
const mostUnmapped = 20;

/**
 * Lays shifts beside each other. Null when more than `mostAtOnce` of them hold at one time.
 * @param from where the timeline begins, in milliseconds
 * @param to where it ends
 */
export function timelineOf(shifts: readonly Shift[], from: number, to: number): Timeline | null {
  const inside = shifts
    .filter((shift) => shift.from < to && shift.to > from)
    .toSorted((a, b) => a.from - b.from);
  const edges = new Set([from, ...inside.flatMap((shift) => [shift.from, shift.to])]);
  const times = [...edges].filter((at) => at >= from && at < to).sort((a, b) => a - b);
  const segments: Segment[] = [];
  let begun = 0;
  let active: Shift[] = [];
  for (const at of times) {
    active = active.filter((shift) => shift.to > at);
    for (let next = inside[begun]; next !== undefined && next.from <= at; next = inside[++begun]) {
      if (next.to > at) active.push(next);
      if (active.length > mostAtOnce) return null;
    }
    const people = distinct(active.flatMap((shift) => shift.people));
    const unmapped = distinct(active.flatMap((shift) => shift.unmapped)).slice(0, mostUnmapped);
    const last = segments.at(-1);
    if (last === undefined || !isSame(last.people, people) || !isSame(last.unmapped, unmapped)) {
      segments.push({ from: at, people, unmapped });
    }
  }
  return { from, to, segments, until: null };
}

/** The segment of a time and when its people change, both null outside of the timeline. */
export function segmentAt(
  { from, to, segments, until }: Timeline,
  at: number,
): { readonly segment: Segment; readonly until: number | null } | null {
  if (at < from || at >= to) return null;
  let [low, high] = [0, segments.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.from ?? Infinity) <= at) low = middle;
    else high = middle;
  }
  const segment = segments[low];
  if (segment === undefined) return null;
  const change = segments.slice(low + 1).find(({ people }) => !isSame(people, segment.people));
  return { segment, until: change?.from ?? until };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
