import { eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { grantEvent, lockGrant } from './grant-row.ts';
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
