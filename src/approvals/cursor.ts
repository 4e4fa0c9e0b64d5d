import type { IdPrefix } from '../db/ids.ts';
import { Refusal } from '../refusal.ts';

const defaultLimit = 50;
const maxLimit = 100;

/** Where a page ended, in a form that callers pass back unread. */
export function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id a cursor stands for. Throws Refusal invalid_input for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string, of: IdPrefix = 'req'): string {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (
    !id.startsWith(`${of}_`) ||
    !/^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/.test(id) ||
    encodeCursor(id) !== cursor
  ) {
    throw new Refusal('invalid_input', 'cursor must be the `next` of an earlier page.');
  }
  return id;
}

/** Items a page, 50 unless said otherwise. Throws Refusal invalid_input outside 1 to 100. */
export function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new Refusal('invalid_input', `limit must be a whole number from 1 to ${maxLimit}.`);
  }
  return limit;
}
