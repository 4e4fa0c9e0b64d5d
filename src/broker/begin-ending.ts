import { eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import { insertDeny } from './boundary/deny-row.ts';
import { type GrantRow, grantEvent } from './grant-row.ts';
import type { EndReason } from './states.ts';
import { targetKind } from './targets/target.ts';

/**
 * Begins the end of a grant, in the caller's transaction, which holds the row locked: the state, the event, and the job
 * that sees it through (`job: false` from within that job). An early end also writes down what is to be denied in AWS; a
 * natural one has nothing to deny, since every session's own policy denies all from then on.
 */
export async function beginEnding(
  work: Work,
  row: GrantRow,
  because: EndReason,
  { comment = null, job = true }: { readonly comment?: string | null; readonly job?: boolean } = {},
): Promise<GrantRow> {
  const change = { state: 'ending', endedBecause: because, endingSince: work.now, attempts: 0 } as const;
  work.write(work.queries.update(grants).set(change).where(eq(grants.id, row.id)));
  work.audit(
    grantEvent(row, 'grant.ending', 'success', {
      details: { because, from: row.state },
      ...(comment === null ? {} : { personal: { comment } }),
    }),
  );
  const accountId = because === 'expired' ? null : await insertDeny(work, row);
  if (accountId !== null) await work.enqueue('boundary.write', { accountId });
  // Where the deny is all there is to do, writing it concludes the ending.
  if (job && !(accountId !== null && targetKind(row.terms) === 'role'))
    await work.enqueue('grant.end', { grantId: row.id });
  return { ...row, ...change };
}
