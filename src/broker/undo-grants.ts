import type { Work } from '../audit/unit-of-work.ts';
import { asc, eq } from '../db/drizzle.ts';
import { grants } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { beginEnding } from './begin-ending.ts';

/**
 * Ends the grants of a request before they have begun, in the transaction that takes its approval back: nothing was made for
 * them outside. What has failed or ends already stays as it is.
 * Throws Refusal conflict when access was made, or is being made, for one of them.
 */
export async function undoGrants(work: Work, { requestId }: { readonly requestId: string }): Promise<void> {
  const rows = await work.queries
    .select()
    .from(grants)
    .where(eq(grants.requestId, requestId))
    .orderBy(asc(grants.id))
    .for('update');
  const begun = rows.find(({ state }) => state === 'activating' || state === 'active');
  if (begun !== undefined || !rows.some(({ state }) => state === 'scheduled')) {
    throw new Refusal(
      'conflict',
      'Access was given already, so the approval cannot be taken back: end the grant instead, with `daypass end`.',
      begun === undefined ? {} : { grant: begun.id },
    );
  }
  for (const row of rows.filter(({ state }) => state === 'scheduled'))
    await beginEnding(work, row, 'revoked');
}
