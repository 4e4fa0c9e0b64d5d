import { and, eq } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { chatLinks, people, personalData } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import type { CallbackMeta, ChatAccount } from './deps.ts';

/** Whose account it is: nobody's that Daypass knows, somebody's who has left, or a person's. */
export type LinkedCaller =
  | { readonly kind: 'unlinked' }
  | { readonly kind: 'inactive' }
  | { readonly kind: 'person'; readonly caller: Caller };

/**
 * The person behind a chat account, as weakly proven as a chat proves: one factor, an unknown time ago, and neither auditor nor
 * operator. Whatever demands more is done after signing in.
 */
export async function linkedCaller(
  queries: Queries,
  account: ChatAccount,
  meta: CallbackMeta,
): Promise<LinkedCaller> {
  const [row] = await queries
    .select({
      id: people.id,
      name: personalData.name,
      groups: people.groups,
      subject: people.subject,
      deactivatedAt: people.deactivatedAt,
    })
    .from(chatLinks)
    .innerJoin(people, eq(people.id, chatLinks.personId))
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(
      and(
        eq(chatLinks.channel, account.channel),
        eq(chatLinks.workspace, account.workspace),
        eq(chatLinks.externalId, account.externalId),
      ),
    );
  if (row === undefined) return { kind: 'unlinked' };
  if (row.deactivatedAt !== null) return { kind: 'inactive' };
  return {
    kind: 'person',
    caller: {
      personId: row.id,
      name: row.name,
      groups: row.groups,
      subject: row.subject,
      isAuditor: false,
      isOperator: false,
      assurance: { level: 'single-factor', authenticatedAt: new Date(0) },
      // A chat account is no sign-in: nothing that belongs to one can be had with it.
      signInId: '',
      via: account.channel,
      context: { actor: { type: 'person', id: row.id }, ...meta },
    },
  };
}
