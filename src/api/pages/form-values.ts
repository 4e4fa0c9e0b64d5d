import { parseDuration } from '../../catalog/duration.ts';
import { safeReturnTo } from '../../identity/return-to.ts';
import { Refusal } from '../../refusal.ts';

/** A length of time as people write it, in seconds. Throws Refusal invalid_input. */
export function secondsOf(duration: string): number {
  const seconds = parseDuration(duration.trim());
  if (seconds === null) {
    throw new Refusal('invalid_input', 'Say for how long with hours and minutes, such as 15m, 1h or 1h30m.');
  }
  return seconds;
}

/**
 * The form with what was filled in, so that a step-up in between loses nothing: only words too long for an address are left
 * out, whole, as half a reason could pass for one. The body may not have been checked yet.
 */
export function prefilled(page: string, names: readonly string[], body: unknown): string {
  const sent = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const filled = names.flatMap((name) =>
    [sent.get(name)]
      .flat()
      .flatMap((value: unknown) =>
        typeof value === 'string' && value !== '' ? [[name, value] as const] : [],
      ),
  );
  let address = page;
  const query = new URLSearchParams();
  for (const [name, value] of filled.toSorted(([, a], [, b]) => a.length - b.length)) {
    query.append(name, value);
    const longer = `${page}?${query.toString()}`;
    if (safeReturnTo(longer) === null) break;
    address = longer;
  }
  return address;
}
