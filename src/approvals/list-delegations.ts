import { and, eq, gt, isNull, lt, or } from '../db/drizzle.ts';
import { delegations } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { checkedLimit, decodeCursor, encodeCursor } from './cursor.ts';
import { type DelegationView, viewDelegations } from './delegation-view.ts';
import type { ApprovalsDeps, Page } from './deps.ts';

export interface ListDelegationsInput {
  /** Those of everybody: for operators and auditors. */
  readonly all?: boolean | undefined;
  /** Only those that are going on or still to come. */
  readonly standing?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/**
 * The delegations that the caller gave and was given, newest first. Throws Refusal forbidden for those of everybody, unless the
 * caller is an operator or auditor; invalid_input for a limit or cursor that is none.
 */
export async function listDelegations(
  deps: Pick<ApprovalsDeps, 'db' | 'clock'>,
  caller: Caller,
  input: ListDelegationsInput = {},
): Promise<Page<DelegationView>> {
  if (input.all === true && !caller.isOperator && !caller.isAuditor) {
    throw new Refusal('forbidden', "Only operators and auditors may see everybody's delegations.");
  }
  const limit = checkedLimit(input.limit);
  const now = deps.clock();
  const { personId } = caller;
  const found = await viewDelegations(
    deps.db,
    caller,
    now,
    and(
      input.all === true
        ? undefined
        : or(eq(delegations.principal, personId), eq(delegations.delegate, personId)),
      input.standing === true ? and(isNull(delegations.endedAt), gt(delegations.endsAt, now)) : undefined,
      input.cursor === undefined ? undefined : lt(delegations.id, decodeCursor(input.cursor, 'dlg')),
    ),
    limit + 1,
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? encodeCursor(last.id) : null };
}
