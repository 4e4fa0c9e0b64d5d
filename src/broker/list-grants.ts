import { eq, lt, type SQL } from '../db/drizzle.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { BrokerDeps } from './deps.ts';
import { grantStates } from './states.ts';
import { accessOf, type GrantView, notLive, selectGrants, stillLive, toView } from './view.ts';

export interface ListGrantsInput {
  readonly request?: string;
  readonly entitlement?: string;
  readonly state?: string;
  /** True: may still be used, or something issued under it may. False: neither. */
  readonly stillLive?: boolean;
  /** True: the caller's own only. */
  readonly mine?: boolean;
  readonly cursor?: string;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number;
}

export interface GrantPage {
  readonly items: GrantView[];
  /** Pass it as `cursor` for the next page; null on the last. */
  readonly next: string | null;
}

/**
 * The grants the caller may see, newest first, in one query: their own and those that they may end as their
 * approver; all of them for operators and auditors.
 * Throws Refusal invalid_input for an unknown state, cursor or limit.
 */
export async function listGrants(
  deps: Pick<BrokerDeps, 'db' | 'clock' | 'endableBy'>,
  caller: Caller,
  input: ListGrantsInput = {},
): Promise<GrantPage> {
  const limit = checkedLimit(input.limit);
  const filters: SQL[] = [];
  if (input.mine === true) filters.push(eq(grants.personId, caller.personId));
  if (input.request !== undefined) filters.push(eq(grants.requestId, input.request));
  if (input.entitlement !== undefined) filters.push(eq(grants.entitlement, input.entitlement));
  if (input.state !== undefined) filters.push(eq(grants.state, checkedState(input.state)));
  if (input.stillLive !== undefined) {
    const now = deps.clock();
    filters.push(input.stillLive ? stillLive(now) : notLive(now));
  }
  if (input.cursor !== undefined) filters.push(lt(grants.id, decodeCursor(input.cursor)));
  const found = await selectGrants(deps.db, await accessOf(deps, deps.db, caller), filters, limit + 1);
  const items = found.slice(0, limit).map(toView);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? encodeCursor(last.id) : null };
}

function checkedState(state: string) {
  const known = grantStates.find((name) => name === state);
  if (known === undefined)
    throw new Refusal('invalid_input', `state must be one of ${grantStates.join(', ')}.`);
  return known;
}

function checkedLimit(limit: number = 50): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new Refusal('invalid_input', 'limit must be a whole number from 1 to 100.');
  }
  return limit;
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!/^grt_[0-9a-hjkmnp-tv-z]{26}$/.test(id) || encodeCursor(id) !== cursor) {
    throw new Refusal('invalid_input', 'cursor must be the `next` of an earlier page.');
  }
  return id;
}
