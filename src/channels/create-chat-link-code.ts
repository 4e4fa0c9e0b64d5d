import { eq, lt, or } from '../db/drizzle.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import type { Clock } from '../db/clock.ts';
import { chatLinkCodes } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { chatLinkDemand } from './chat-link-demand.ts';
import { linkCodeHash, newLinkCode } from './link-code.ts';

const lifetimeMilliseconds = 10 * 60_000;

export interface ChatLinkCode {
  /** To be typed into the chat by the person themself, as `/daypass link CODE`. Whoever types it becomes them there. */
  readonly code: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/**
 * Makes a one-use code that links the caller's chat account, valid for ten minutes, and records that it was asked for. An
 * earlier one stops working. Throws Refusal insufficient_assurance unless two factors were proven in the last 15 minutes.
 */
export async function createChatLinkCode(
  deps: { readonly transact: Transact; readonly clock: Clock },
  caller: Caller,
): Promise<ChatLinkCode> {
  requireAssurance(caller, chatLinkDemand, deps.clock());
  const code = newLinkCode();
  const codeHash = linkCodeHash(code);
  if (codeHash === null) throw new Error('a fresh code must be one');
  return deps.transact(caller.context, async (work) => {
    const expiresAt = new Date(work.now.getTime() + lifetimeMilliseconds);
    await work.queries
      .delete(chatLinkCodes)
      .where(or(eq(chatLinkCodes.personId, caller.personId), lt(chatLinkCodes.expiresAt, work.now)));
    await work.queries.insert(chatLinkCodes).values({ codeHash, personId: caller.personId, expiresAt });
    work.audit({
      kind: 'chat.requested',
      outcome: 'success',
      subject: caller.personId,
      details: { expiresAt: expiresAt.toISOString(), via: caller.via, assurance: caller.assurance.level },
    });
    return { code, expiresAt: expiresAt.toISOString() };
  });
}
