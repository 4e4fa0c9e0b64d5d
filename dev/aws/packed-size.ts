import { deflateRawSync } from 'node:zlib';

/**
 * AWS packs session policies, policy ARNs and session tags into "a packed binary format that has a separate limit" and documents
 * neither. Deflate stands in for the packing; the limits are this stand-in's assumption, on the strict side.
 */
const PACKED_LIMIT_BYTES = 1536;
const TOKEN_LIMIT_BYTES = 4096;
const EMPTY_TOKEN_BYTES = 380;

export interface PackedSize {
  bytes: number;
  /** Share of the limit; over 100 is refused. */
  percent: number;
}

/** Size of what a session carries, packed. Only what was passed counts; none of it is 0. */
export function packedSize(policies: string[], tags: { key: string; value: string }[]): PackedSize {
  const plain = [...policies, ...tags.map(({ key, value }) => `${key}\u0000${value}`)].join('\u0000');
  const bytes = plain === '' ? 0 : deflateRawSync(plain, { level: 9 }).length;
  return { bytes, percent: Math.ceil((bytes * 100) / PACKED_LIMIT_BYTES) };
}

/** Length of the session token in bytes, and its share of the longest one in percent. */
export function tokenSize(packed: PackedSize, minimumBytes: number): { bytes: number; utilization: number } {
  const bytes = Math.max(minimumBytes, EMPTY_TOKEN_BYTES + Math.ceil((packed.bytes * 4) / 3));
  return { bytes, utilization: Math.min(100, Math.ceil((bytes * 100) / TOKEN_LIMIT_BYTES)) };
}
