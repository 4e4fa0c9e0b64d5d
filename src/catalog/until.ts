const day = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const time =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

/**
 * Reads until when somebody is eligible (RFC 3339): a day, which is meant to its end in UTC, or a time with its offset.
 * @returns the first moment at which they are not, ISO 8601 in UTC; null for what is neither, or no such day
 */
export function parseUntil(text: string): string | null {
  const date = day.test(text) ? text : time.exec(text)?.[1];
  if (date === undefined) return null;
  const start = new Date(`${date}T00:00:00Z`);
  // Days that do not exist, such as 30 February, would silently become others.
  if (Number.isNaN(start.getTime()) || !start.toISOString().startsWith(date)) return null;
  const until = text === date ? start.getTime() + 86_400_000 : Date.parse(text);
  return Number.isNaN(until) ? null : new Date(until).toISOString();
}
