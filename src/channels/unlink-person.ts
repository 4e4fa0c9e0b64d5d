import { eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { chatLinkCodes, chatLinks, people } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { chatLinkDemand } from './chat-link-demand.ts';
import type { ChannelsDeps } from './deps.ts';

/** No chat account stands for the caller any more, and no code that they made works. Needs no more than being signed in. */
export async function unlinkMyChats(deps: Pick<ChannelsDeps, 'transact'>, caller: Caller): Promise<void> {
  await deps.transact(caller.context, (work) => unlink(work, caller.personId));
}

/**
 * An operator does the same for a person who lost a device or an account. Throws Refusal forbidden, insufficient_assurance
 * unless two factors were proven in the last 15 minutes, or not_found when there is no such person.
 */
export async function unlinkChatsOf(
  deps: Pick<ChannelsDeps, 'transact' | 'clock'>,
  caller: Caller,
  input: { readonly personId: string },
): Promise<void> {
  if (!caller.isOperator)
    throw new Refusal('forbidden', "Only operators may end somebody else's chat links.");
  requireAssurance(caller, chatLinkDemand, deps.clock());
  const found = await deps.transact(caller.context, (work) => unlink(work, input.personId));
  if (!found) throw notFound('person');
}

// Locks in the order in which linking does: the code, then the person. Whoever is linking right now is done, or finds no code.
async function unlink(work: Work, personId: string): Promise<boolean> {
  await work.queries.delete(chatLinkCodes).where(eq(chatLinkCodes.personId, personId));
  const [person] = await work.queries
    .select({ id: people.id })
    .from(people)
    .where(eq(people.id, personId))
    .for('no key update');
  if (person === undefined) return false;
  const removed = await work.queries.delete(chatLinks).where(eq(chatLinks.personId, personId)).returning({
    channel: chatLinks.channel,
    workspace: chatLinks.workspace,
    externalId: chatLinks.externalId,
  });
  for (const { channel, workspace, externalId } of removed) {
    work.audit({
      kind: 'chat.unlinked',
      outcome: 'success',
      subject: personId,
      details: { channel, workspace },
      personal: { externalId },
    });
  }
  return true;
}
