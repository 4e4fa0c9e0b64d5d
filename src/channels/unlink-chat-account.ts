import { and, eq } from '../db/drizzle.ts';
import { chatLinks } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import type { ChannelsDeps, ChatAccount } from './deps.ts';

/** Forgets whose a chat account is, asked for from that account. `caller` is the person it is linked to. */
export async function unlinkChatAccount(
  deps: Pick<ChannelsDeps, 'transact'>,
  caller: Caller,
  account: ChatAccount,
): Promise<void> {
  const { channel, workspace, externalId } = account;
  await deps.transact(caller.context, async (work) => {
    const removed = await work.queries
      .delete(chatLinks)
      .where(
        and(
          eq(chatLinks.channel, channel),
          eq(chatLinks.workspace, workspace),
          eq(chatLinks.externalId, externalId),
          eq(chatLinks.personId, caller.personId),
        ),
      )
      .returning({ personId: chatLinks.personId });
    if (removed.length === 0) return;
    work.audit({
      kind: 'chat.unlinked',
      outcome: 'success',
      subject: caller.personId,
      details: { channel, workspace },
      personal: { externalId },
    });
  });
}
