import { nameMatches } from './select-accounts.ts';

/** Characters of entitlement ids, and the star. */
export const entitlementPattern = '^[a-z0-9*/-]+$';
export const maxPatternLength = 100;

/** Does the pattern mean this entitlement? `*` stands for any characters, `/` included. */
export function meansEntitlement(pattern: string, id: string): boolean {
  return nameMatches(pattern, id);
}
