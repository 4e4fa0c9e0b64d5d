import { eq, lt, or } from 'drizzle-orm';
import type { Transact } from '../audit/unit-of-work.ts';
import { chatLinkCodes } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { linkCodeHash, newLinkCode } from './link-code.ts';

const lifetimeMilliseconds = 10 * 60_000;

export interface ChatLinkCode {
  /** To be typed into the chat by the person themself, as `/daypass link CODE`. Whoever types it becomes them there. */
  readonly code: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Makes a one-use code that links the caller's chat account, valid for ten minutes. An earlier one stops working. */
export async function createChatLinkCode(
  deps: { readonly transact: Transact },
  caller: Caller,
): Promise<ChatLinkCode> {
  const code = newLinkCode();
  const codeHash = linkCodeHash(code);
  if (codeHash === null) throw new Error('a fresh code must be one');
  return deps.transact(caller.context, async (work) => {
    const expiresAt = new Date(work.now.getTime() + lifetimeMilliseconds);
    await work.queries
      .delete(chatLinkCodes)
      .where(or(eq(chatLinkCodes.personId, caller.personId), lt(chatLinkCodes.expiresAt, work.now)));
    await work.queries.insert(chatLinkCodes).values({ codeHash, personId: caller.personId, expiresAt });
    return { code, expiresAt: expiresAt.toISOString() };
  });
}
