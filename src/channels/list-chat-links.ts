import { asc, eq } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { chatLinks } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';

/** A chat account that stands for a person. */
export interface ChatLink {
  readonly channel: string;
  readonly workspace: string;
  readonly externalId: string;
  /** ISO 8601 in UTC. */
  readonly linkedAt: string;
}

/** The chat accounts that stand for the caller, oldest first. At most one a workspace. */
export async function listChatLinks(deps: { readonly db: Queries }, caller: Caller): Promise<ChatLink[]> {
  const rows = await deps.db
    .select({
      channel: chatLinks.channel,
      workspace: chatLinks.workspace,
      externalId: chatLinks.externalId,
      linkedAt: chatLinks.linkedAt,
    })
    .from(chatLinks)
    .where(eq(chatLinks.personId, caller.personId))
    .orderBy(asc(chatLinks.linkedAt), asc(chatLinks.workspace));
  return rows.map((row) => ({ ...row, linkedAt: row.linkedAt.toISOString() }));
}
