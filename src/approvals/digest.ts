import { canonicalDigest } from '../catalog/terms.ts';
import type { RequestContent } from './content.ts';

/**
 * What a review names: `sha256:` and the hex SHA-256 of the content in canonical JSON (RFC 8785). Two contents have the
 * same digest only when they ask for the same in every respect, the resolved rules included.
 */
export function requestDigest(content: RequestContent): string {
  return canonicalDigest({
    ...content,
    entitlements: content.entitlements.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  });
}
