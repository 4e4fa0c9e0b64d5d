/** A number of whole days, such as `90d`. Also the `pattern` of such lengths in the JSON Schema. */
export const daysPattern = '^[1-9][0-9]{0,3}d$';

const daySeconds = 86_400;

/** Reads a number of days such as `90d`. Returns whole seconds; null for anything else. */
export function parseDays(text: string): number | null {
  return new RegExp(daysPattern).test(text) ? Number(text.slice(0, -1)) * daySeconds : null;
}

/** Writes whole days so that parseDays reads them back. @param seconds a multiple of a day */
export function formatDays(seconds: number): string {
  return `${seconds / daySeconds}d`;
}

/** The longest and the shortest that the file may say, in seconds, both included. */
export const dayRanges = {
  reviewEvery: { min: 7 * daySeconds, max: 400 * daySeconds },
  reviewWithin: { min: daySeconds, max: 60 * daySeconds },
  unusedAfter: { min: daySeconds, max: 400 * daySeconds },
} as const;

/** How long owners have to answer where the file does not say it, in seconds. */
export const defaultReviewWithinSeconds = 14 * daySeconds;
