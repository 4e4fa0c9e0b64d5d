import { standingsOf } from '../approvals/standing.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import type { Caller } from '../identity/caller.ts';
import type { EligibilityDeps } from './deps.ts';
import { isOwner } from './owners.ts';

/** What the right to see and answer reviews needs of a caller, with their standing as it is now. */
export async function ownerOf(
  { db, clock }: Pick<EligibilityDeps, 'db' | 'clock'>,
  catalog: Catalog,
  { personId, groups, subject }: Caller,
): Promise<Subject> {
  const person = { personId, groups, subject };
  const [standing] = await standingsOf(db, { catalog, now: clock }, [person]);
  return { ...person, ...standing };
}

/** May they know of the reviews of this entitlement? Owners, operators and auditors. */
export function maySee(
  catalog: Catalog,
  entitlement: string,
  { isOperator, isAuditor }: Pick<Caller, 'isOperator' | 'isAuditor'>,
  person: Subject,
): boolean {
  return isOperator || isAuditor || isOwner(catalog, entitlement, person);
}
