import { safeReturnTo } from '../../identity/return-to.ts';

/**
 * The address of a form with what was filled in, so that a step-up in between loses nothing: only words too long for an address are
 * left out, whole, as half a reason could pass for one.
 * @param body as it was sent: it may not have been checked yet
 */
export function prefilled(page: string, names: readonly string[], body: unknown): string {
  const sent = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const filled = names.flatMap((name) => {
    const value: unknown = sent.get(name);
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  let address = page;
  const query = new URLSearchParams();
  for (const [name, value] of filled.toSorted(([, a], [, b]) => a.length - b.length)) {
    query.set(name, value);
    const longer = `${page}?${query.toString()}`;
    if (safeReturnTo(longer) === null) break;
    address = longer;
  }
  return address;
}
