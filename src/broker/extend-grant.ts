import { eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { type GrantRow, grantEvent, lockGrant } from './grant-row.ts';
import { assignmentOf, lockAssignment } from './targets/assignment-row.ts';
import { targetKind } from './targets/target.ts';

export interface Extension {
  readonly grantId: string;
  /** The approved request that asked for it. */
  readonly requestId: string;
  /** When it ended as that was asked, ISO 8601 in UTC. */
  readonly from: string;
  /** How much later it ends, in whole seconds. */
  readonly durationSeconds: number;
  readonly rule: string;
  readonly catalogVersion: string;
}

/** A grant lasts no longer than this in all, in milliseconds; Postgres holds it, too. */
const longestGrantMs = 43_200_000;

/**
 * Moves the end of a live grant, in the transaction that approves it. What was issued before keeps the end that its policy
 * says; what is issued from now on has the new one, so nothing is interrupted.
 * Throws Refusal not_possible when the grant has ended meanwhile, its end has been moved already, or it would last longer than
 * 12 hours.
 */
export async function extendGrant(work: Work, extension: Extension): Promise<void> {
  const row = await lockGrant(work.queries, extension.grantId);
  const live = row?.state === 'scheduled' || row?.state === 'activating' || row?.state === 'active';
  if (row === null || !live || work.now >= row.endsAt) {
    throw new Refusal('not_possible', 'The grant has ended meanwhile: it has to be asked for anew.');
  }
  if (row.endsAt.toISOString() !== extension.from) {
    throw new Refusal(
      'not_possible',
      'The end of the grant has been moved meanwhile: it has to be asked for anew.',
    );
  }
  if (targetKind(row.terms) === 'permission-set') await requireAssigned(work, row);
  const endsAt = new Date(row.endsAt.getTime() + extension.durationSeconds * 1000);
  if (endsAt.getTime() - row.startsAt.getTime() > longestGrantMs) {
    throw new Refusal('not_possible', 'The grant would last longer than 12 hours in all.');
  }
  work.write(work.queries.update(grants).set({ endsAt }).where(eq(grants.id, row.id)));
  work.audit(
    grantEvent(row, 'grant.extended', 'success', {
      rule: extension.rule,
      catalogVersion: extension.catalogVersion,
      details: {
        by: extension.requestId,
        from: row.endsAt.toISOString(),
        to: endsAt.toISOString(),
      },
    }),
  );
  if (targetKind(row.terms) !== 'role') await work.enqueue('grant.end', { grantId: row.id }, { at: endsAt });
}

/**
 * Whoever takes an assignment away locks it, and then looks at who needs it still. An approval that came just before the end,
 * and had to wait until after it, must not extend a grant whose assignment is being deleted by then.
 */
async function requireAssigned(work: Work, row: GrantRow): Promise<void> {
  const key = await assignmentOf(work.queries, row.id);
  const assignment = key === null ? null : await lockAssignment(work.queries, key);
  if (row.state !== 'active' || assignment === null) return;
  if (!assignment.present || assignment.operation === 'delete') {
    throw new Refusal('not_possible', 'The grant has ended meanwhile: it has to be asked for anew.');
  }
}
