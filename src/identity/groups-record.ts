import { createHash } from 'node:crypto';
import type { JsonObject } from '../audit/leaf.ts';

// Names in one event; there can be a thousand groups.
const mostNamed = 100;

/**
 * What a sign-in's event says about the groups that rights are judged on: a digest of all of them, and what changed since the
 * sign-in before. Whoever has the list can show later that it was this one; from the changes it can be built again. The digest
 * is SHA-256, in hexadecimal, of the JSON array of names in the order of their UTF-16 code units.
 */
export function groupsRecord(before: readonly string[], after: readonly string[]): JsonObject {
  const added = after.filter((name) => !before.includes(name)).toSorted();
  const removed = before.filter((name) => !after.includes(name)).toSorted();
  const digest = createHash('sha256').update(JSON.stringify(after.toSorted())).digest('hex');
  const notNamed = Math.max(0, added.length - mostNamed) + Math.max(0, removed.length - mostNamed);
  return {
    groupsDigest: `sha256:${digest}`,
    groupsChanged: {
      added: added.slice(0, mostNamed),
      removed: removed.slice(0, mostNamed),
      ...(notNamed === 0 ? {} : { notNamed }),
    },
  };
}
