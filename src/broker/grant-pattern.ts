import { entitlementPattern, maxPatternLength } from '../catalog/entitlement-pattern.ts';
import { and, eq, inArray, type SQL, sql } from '../db/drizzle.ts';
import { grants } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { canEnd, grantStates } from './states.ts';

/** Which grants are meant, of those that can be ended. */
export interface GrantPattern {
  /** The id of an entitlement; `*` stands for any characters, `/` included. */
  readonly entitlement: string;
  /** An account id of 12 digits. */
  readonly account?: string | undefined;
  /** The id of a person. */
  readonly person?: string | undefined;
}

/** The condition on grants. Throws Refusal invalid_input for a pattern that no entitlement could match. */
export function matching(pattern: GrantPattern): SQL | undefined {
  const { entitlement, account, person } = pattern;
  if (entitlement.length > maxPatternLength || !new RegExp(entitlementPattern).test(entitlement)) {
    throw new Refusal(
      'invalid_input',
      'entitlement must be the id of one, or a pattern such as `prod/*` in which * stands for any characters.',
    );
  }
  return and(
    inArray(
      grants.state,
      grantStates.filter((state) => canEnd(state)),
    ),
    // What LIKE takes for wildcards cannot be in it, the star apart.
    sql`${grants.entitlement} LIKE ${entitlement.replaceAll('*', '%')}`,
    account === undefined ? undefined : sql`${grants.terms} #>> '{account,id}' = ${account}`,
    person === undefined ? undefined : eq(grants.personId, person),
  );
}
