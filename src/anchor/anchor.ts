import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a database had come, as kept outside of it. */
export interface Anchor {
  /** Which database: the random id that its migration made. */
  readonly database: string;
  /** Counts up; whatever was committed before a mark is in every copy of the database that has the mark. */
  readonly mark: number;
  /** The newest event at that mark, and its time (RFC 3339); null while there was none. */
  readonly event: string | null;
  readonly time: string | null;
}

/** The key that authenticates anchors, and its public name. */
export interface AnchorKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** What is in an anchor's file. */
export type Reading =
  | { readonly is: 'none' }
  /** Not what Daypass writes: cut off, empty, something else. */
  | { readonly is: 'damaged' }
  /** In the right form, and not authenticated by the key that it names, which is ours. */
  | { readonly is: 'forged' }
  /** Written under another master key: nothing can be said about it. */
  | { readonly is: 'of-another-key' }
  | { readonly is: 'read'; readonly anchor: Anchor };

/** The text of an anchor: one line of JSON, with a MAC (HMAC-SHA256, RFC 2104) over all of it. */
export function anchorText({ id, key }: AnchorKey, anchor: Anchor): string {
  const { database, mark, event, time } = anchor;
  return `${JSON.stringify({ v: 1, database, mark, event, time, key: id, mac: mac(key, anchor).toString('base64url') })}\n`;
}

/** Reads what `anchorText` wrote, and tells what is wrong with anything else. */
export function parseAnchor({ id, key }: AnchorKey, text: string): Reading {
  const fields = fieldsOf(text);
  if (fields === null) return { is: 'damaged' };
  const { anchor } = fields;
  if (fields.key !== id) return { is: 'of-another-key' };
  const expected = mac(key, anchor);
  const given = Buffer.from(fields.mac, 'base64url');
  const holds = given.length === expected.length && timingSafeEqual(given, expected);
  return holds ? { is: 'read', anchor } : { is: 'forged' };
}

/** Whether two anchors say the same. */
export function sameAnchor(a: Anchor, b: Anchor): boolean {
  return a.database === b.database && a.mark === b.mark && a.event === b.event && a.time === b.time;
}

function mac(key: Uint8Array, { database, mark, event, time }: Anchor): Buffer {
  return createHmac('sha256', key)
    .update('daypass/anchor/v1\0')
    .update(JSON.stringify([database, mark, event, time]))
    .digest();
}

interface Fields {
  readonly anchor: Anchor;
  readonly key: string;
  readonly mac: string;
}

function fieldsOf(text: string): Fields | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { v, database, mark, event, time, key, mac: given } = value as Record<string, unknown>;
  if (v !== 1 || typeof database !== 'string' || typeof key !== 'string' || typeof given !== 'string')
    return null;
  if (typeof mark !== 'number' || !Number.isSafeInteger(mark)) return null;
  if (event !== null && typeof event !== 'string') return null;
  if (time !== null && (typeof time !== 'string' || Number.isNaN(Date.parse(time)))) return null;
  return { anchor: { database, mark, event, time }, key, mac: given };
}
