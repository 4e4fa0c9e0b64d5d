import { and, eq, gt } from '../db/drizzle.ts';
import { readBefore } from '../audit/unavailable.ts';
import type { Work } from '../audit/unit-of-work.ts';
import type { Queries } from '../db/pool.ts';
import { chatLinkCodes, chatLinks, people } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import type { CallbackMeta, ChannelsDeps, ChatAccount } from './deps.ts';
import { linkCodeHash } from './link-code.ts';

const badCode = () =>
  new Refusal(
    'invalid_input',
    'That code is not valid, or not any more. Sign in to Daypass and make a new one.',
  );

/**
 * Links the chat account that a code was typed in to the person who made the code, and uses the code up. The person's earlier
 * link in that workspace is replaced; an account that is somebody else's stays theirs until they unlink it.
 * Throws Refusal invalid_input for a code that does not count, forbidden for a person who is not active, conflict for an
 * account of somebody else.
 */
export async function linkChatAccount(
  deps: Pick<ChannelsDeps, 'db' | 'transact' | 'clock'>,
  input: { readonly account: ChatAccount; readonly code: string; readonly meta: CallbackMeta },
): Promise<void> {
  const codeHash = linkCodeHash(input.code);
  if (codeHash === null) throw badCode();
  const personId = await readBefore(ownerOf(deps.db, codeHash, deps.clock()));
  if (personId === null) throw badCode();
  // Only now is it known who acts; everything is checked again where it counts.
  const context = { actor: { type: 'person', id: personId }, ...input.meta } as const;
  await deps.transact(context, async (work) => {
    const used = await work.queries
      .delete(chatLinkCodes)
      .where(
        and(
          eq(chatLinkCodes.codeHash, codeHash),
          eq(chatLinkCodes.personId, personId),
          gt(chatLinkCodes.expiresAt, work.now),
        ),
      )
      .returning({ personId: chatLinkCodes.personId });
    if (used.length === 0) throw badCode();
    await requireActive(work, personId);
    await write(work, input.account, personId);
    const { channel, workspace, externalId } = input.account;
    work.audit({
      kind: 'chat.linked',
      outcome: 'success',
      subject: personId,
      details: { channel, workspace },
      personal: { externalId },
    });
  });
}

async function ownerOf(queries: Queries, codeHash: Buffer, now: Date): Promise<string | null> {
  const rows = await queries
    .select({ personId: chatLinkCodes.personId })
    .from(chatLinkCodes)
    .where(and(eq(chatLinkCodes.codeHash, codeHash), gt(chatLinkCodes.expiresAt, now)));
  return rows[0]?.personId ?? null;
}

// The lock makes two links of one person take turns.
async function requireActive(work: Work, personId: string): Promise<void> {
  const [person] = await work.queries
    .select({ deactivatedAt: people.deactivatedAt })
    .from(people)
    .where(eq(people.id, personId))
    .for('no key update');
  if (person?.deactivatedAt !== null) {
    throw new Refusal('forbidden', 'Your Daypass account is no longer active.');
  }
}

async function write(work: Work, account: ChatAccount, personId: string): Promise<void> {
  const { channel, workspace } = account;
  await work.queries
    .delete(chatLinks)
    .where(
      and(
        eq(chatLinks.channel, channel),
        eq(chatLinks.workspace, workspace),
        eq(chatLinks.personId, personId),
      ),
    );
  const inserted = await work.queries
    .insert(chatLinks)
    .values({ ...account, personId, linkedAt: work.now })
    .onConflictDoNothing({ target: [chatLinks.channel, chatLinks.workspace, chatLinks.externalId] })
    .returning({ personId: chatLinks.personId });
  if (inserted.length === 0) {
    throw new Refusal(
      'conflict',
      'This chat account is linked to somebody else. If it is yours, type `/daypass unlink` first.',
    );
  }
}
