import type { PreflightEntry } from '../api.ts';
import { formatDistance } from '../display/time.ts';

/** What was seen in AWS, once for everything it was seen of. */
export interface Grouped {
  readonly level: string;
  readonly check: string;
  readonly account: string;
  readonly message: string;
  readonly entitlements: readonly string[];
}

const order = ['error', 'warning', 'unknown', 'info'];

/** What operators should read, the worst first. What is the account's own stands in each of its entitlements: it is told once. */
export function worthReading(entries: readonly PreflightEntry[]): Grouped[] {
  const groups = new Map<string, { grouped: Grouped; entitlements: string[] }>();
  for (const { entitlement, findings } of entries) {
    for (const { level, check, account, message } of findings) {
      if (!order.includes(level)) continue;
      const key = JSON.stringify([level, check, account, message]);
      const known = groups.get(key);
      if (known !== undefined) known.entitlements.push(entitlement);
      else {
        const entitlements = [entitlement];
        groups.set(key, { entitlements, grouped: { level, check, account, message, entitlements } });
      }
    }
  }
  return [...groups.values()]
    .map(({ grouped }) => grouped)
    .toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** One line of a group: what it was seen of, where, and what to do. */
export function groupText({ entitlements, account, message }: Grouped): string {
  const shown = entitlements.slice(0, 3).join(', ');
  const more = entitlements.length > 3 ? ` and ${entitlements.length - 3} more` : '';
  return `${shown}${more} (account ${account}): ${message}`;
}

/** How many there are of each verdict, and how old the oldest look is. */
export function summaryText(entries: readonly PreflightEntry[], now: Date): string {
  const counts = Map.groupBy(entries, ({ verdict }) => verdict);
  const told = (['error', 'warning', 'unknown', 'ok'] as const).flatMap((verdict) => {
    const found = counts.get(verdict)?.length ?? 0;
    return found === 0 ? [] : [`${found} ${verdict}`];
  });
  const seen = entries.flatMap(({ checkedAt }) => (checkedAt === null ? [] : [checkedAt])).toSorted();
  const [oldest] = seen;
  const when = oldest === undefined ? 'not looked at yet' : `seen ${formatDistance(oldest, now)} or later`;
  const waiting =
    seen.length > 0 && seen.length < entries.length
      ? `; ${entries.length - seen.length} not looked at yet`
      : '';
  return entries.length === 0
    ? 'The catalog has no entitlements.'
    : `${entries.length} entitlement${entries.length === 1 ? '' : 's'}: ${told.join(', ')}; ${when}${waiting}.`;
}
