import type { LocatedDocument } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { bundleNamePattern, maxNameLength } from './schema-session.ts';

/** Notes bundles with names that are none, and members that do not exist or stand in it twice. */
export function checkBundles(document: LocatedDocument, ids: readonly string[]): void {
  const bundles = document.at(['bundles']);
  if (typeof bundles !== 'object' || bundles === null || Array.isArray(bundles)) return;
  const known = new Set(ids);
  // While something is wrong with a fleet, or there are too many of them, what they would make is not known.
  const unsure = ids.length === 0 || document.problems.some(({ path }) => path.startsWith('/fleets'));
  for (const name of Object.keys(bundles)) {
    const path = ['bundles', name];
    if (!new RegExp(bundleNamePattern).test(name) || name.length > maxNameLength) {
      document.note(
        path,
        'key',
        `bundle name ${quoted(name)} must be lower-case letters, digits and '-', without '/', at most ${maxNameLength}`,
      );
    }
    const members = document.at(path);
    for (const [index, id] of (Array.isArray(members) ? members : []).entries()) {
      if (typeof id !== 'string') continue;
      const at = [...path, index];
      if (Array.isArray(members) && members.indexOf(id) < index) {
        document.note(at, 'value', `${quoted(id)} is listed twice: take one out`);
      } else if (!known.has(id) && !unsure) {
        document.note(
          at,
          'value',
          `no entitlement is named ${quoted(id)}: add it under entitlements${didYouMean(id, ids)}`,
        );
      }
    }
  }
}
