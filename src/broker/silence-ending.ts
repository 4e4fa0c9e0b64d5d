import { eq } from '../db/drizzle.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { BrokerDeps } from './deps.ts';
import { readView } from './get-grant.ts';
import { grantEvent, lockGrant } from './grant-row.ts';
import { type GrantView, ownAccess } from './view.ts';

const maxCommentCharacters = 1_000;

/**
 * An operator silences the alarm of an ending that takes long. Its state stays what it is, and the ending goes on being tried.
 * Silencing what is silenced changes nothing.
 * Throws Refusal: forbidden, not_found, conflict (it is not ending), invalid_input.
 */
export async function silenceEnding(
  deps: Pick<BrokerDeps, 'transact'>,
  caller: Caller,
  input: { readonly grantId: string; readonly because: string },
): Promise<GrantView> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may silence an alarm.');
  const comment = input.because.trim();
  if (comment === '' || comment.length > maxCommentCharacters) {
    throw new Refusal('invalid_input', `because must have 1 to ${maxCommentCharacters} characters.`);
  }
  return deps.transact(caller.context, async (work) => {
    const row = await lockGrant(work.queries, input.grantId);
    if (row === null) throw notFound('grant');
    if (row.silencedAt === null) {
      // Ended counts, too: its deny can be written anew, once its assignment was seen gone.
      if (row.state !== 'ending' && row.state !== 'ended') {
        throw new Refusal(
          'conflict',
          'This grant is not ending, so there is no alarm to silence. To end it: daypass end.',
        );
      }
      work.write(work.queries.update(grants).set({ silencedAt: work.now }).where(eq(grants.id, row.id)));
      const details = { state: row.state, attempts: row.attempts };
      work.audit(grantEvent(row, 'grant.silenced', 'success', { details, personal: { comment } }));
    }
    return readView(work.queries, ownAccess(caller), row.id);
  });
}
