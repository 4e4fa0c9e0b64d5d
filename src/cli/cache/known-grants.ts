import { grantsFile } from '../settings/paths.ts';
import { readPrivateFile } from './private-file.ts';
import type { SignIn } from './sign-in-folder.ts';

/** A grant as it was seen last. Times are RFC 3339. */
export interface KnownGrant {
  readonly id: string;
  readonly entitlement: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** The grants of this sign-in that were seen last and have not ended, soonest end first. */
export function readKnownGrants(signIn: SignIn, now: number): readonly KnownGrant[] {
  const text = readPrivateFile(grantsFile(signIn.folder));
  if (typeof text !== 'string') return [];
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [];
    return value
      .filter(isKnownGrant)
      .filter(({ endsAt }) => Date.parse(endsAt) > now)
      .toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
  } catch {
    return [];
  }
}

function isKnownGrant(value: unknown): value is KnownGrant {
  if (typeof value !== 'object' || value === null) return false;
  const { id, entitlement, startsAt, endsAt } = value as Partial<Record<keyof KnownGrant, unknown>>;
  return [id, entitlement, startsAt, endsAt].every((text) => typeof text === 'string');
}
