import { alias, desc, eq, type SQL } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, requests } from '../db/schema.ts';
import type { RequestContent } from './content.ts';
import type { RequestRow, StoredPerson } from './lock.ts';
import type { Round } from './quorum.ts';
import type { Asked } from './rights.ts';

/** A request as it is stored, with what is known of those it is about. */
export interface StoredRequest {
  readonly row: RequestRow;
  readonly content: RequestContent;
  /** OIDC subject of the requester's manager; null when none is known. */
  readonly manager: string | null;
  /** OIDC subjects of whose access it is and of who asked. */
  readonly subjects: readonly string[];
}

/** Stored requests that a condition finds, newest first. @param most how many at the most */
export async function findRequests(
  queries: Queries,
  where: SQL | undefined,
  most?: number,
): Promise<StoredRequest[]> {
  const asker = alias(people, 'asker');
  const query = queries
    .select({
      row: requests,
      manager: people.manager,
      requester: people.subject,
      asker: asker.subject,
    })
    .from(requests)
    .innerJoin(people, eq(people.id, requests.requester))
    .innerJoin(asker, eq(asker.id, requests.askedBy))
    .where(where)
    .orderBy(desc(requests.id));
  const rows = await (most === undefined ? query : query.limit(most));
  return rows.map((found) => toStored(found.row, found.manager, [found.requester, found.asker]));
}

/** The same of a row that is locked, with people that are held. */
export function storedRequest(row: RequestRow, held: ReadonlyMap<string, StoredPerson>): StoredRequest {
  const [requester, asker] = [held.get(row.requester), held.get(row.askedBy)];
  if (requester === undefined || asker === undefined) throw new Error(`request ${row.id} is about nobody`);
  return toStored(row, requester.manager, [requester.subject, asker.subject]);
}

/** What rights are judged on. */
export function askedOf({ row, content, manager }: StoredRequest): Asked {
  const { requester, askedBy, state, expiresAt } = row;
  return {
    requester,
    askedBy,
    manager,
    state,
    expiresAt,
    entitlements: content.entitlements,
    breakGlass: content.breakGlass === true,
  };
}

/** What approvals are counted for. */
export function roundOf({ row, content, manager, subjects }: StoredRequest): Round {
  return {
    entitlements: content.entitlements,
    skipped: content.skipped ?? {},
    byRule: content.byRule ?? {},
    parties: { ids: [...new Set([row.requester, row.askedBy])], subjects, manager },
    askedAt: row.createdAt,
  };
}

function toStored(row: RequestRow, manager: string | null, subjects: readonly string[]): StoredRequest {
  return { row, content: row.content as RequestContent, manager, subjects: [...new Set(subjects)] };
}
