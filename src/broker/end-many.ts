import { asc, inArray } from '../db/drizzle.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { beginEnding } from './begin-ending.ts';
import { type GrantCount, countGrants, matchingGrants } from './count-grants.ts';
import type { BrokerDeps } from './deps.ts';
import type { GrantPattern } from './grant-pattern.ts';
import { canEnd } from './states.ts';

export interface EndManyInput extends GrantPattern {
  /** Why; recorded with each of them. */
  readonly because: string;
  /** How many there are, as the caller has seen. Without it nothing is ended. */
  readonly expect?: number | undefined;
}

/** What was found, and what became of it. */
export interface EndManyView extends GrantCount {
  /** How many began to end; null when they were only counted. */
  readonly ended: number | null;
  /** In how many transactions: all at once, unless there are many. */
  readonly batches: number;
  /** Ids of those that could not be ended; the log of the service says why. Ask again for them. */
  readonly failed: readonly string[];
}

const maxCommentCharacters = 1_000;
// So many in one transaction: their locks are held for no more than a second or two.
const usualBatchSize = 500;

/**
 * Ends all grants of a pattern, for operators. Without `expect` it only counts them. With it the number must be what is there
 * once all of them are locked; otherwise none is ended. Up to 500 end in one transaction, all or none. More end in batches of
 * 500, in the order of their ids; those that ended by themselves meanwhile are passed over. One that cannot be ended for a
 * fault of its own holds up no other.
 * Throws Refusal: forbidden, invalid_input, conflict (another number; `grants` and `people` say which).
 */
export async function endMany(
  deps: BrokerDeps,
  caller: Caller,
  input: EndManyInput,
  { batchSize = usualBatchSize }: { readonly batchSize?: number } = {},
): Promise<EndManyView> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may end the grants of others.');
  const because = input.because.trim();
  if (because === '' || because.length > maxCommentCharacters) {
    throw new Refusal('invalid_input', `because must have 1 to ${maxCommentCharacters} characters.`);
  }
  const { expect } = input;
  if (expect === undefined) {
    const found = await countGrants(deps.db, await matchingGrants(deps.db, input));
    return { ...found, ended: null, batches: 0, failed: [] };
  }
  const run: Run = {
    deps,
    caller,
    because,
    pattern: patternOf(input),
    batchSize,
    ended: 0,
    batches: 0,
    failed: [],
  };
  const { found, ids } = await begin(run, input, expect);
  for (let at = run.batches === 0 ? 0 : batchSize; at < ids.length; at += batchSize) {
    await endBatch(run, ids.slice(at, at + batchSize), ids.length);
  }
  const { ended, batches, failed } = run;
  return { ...found, ended, batches, failed };
}

interface Run {
  readonly deps: BrokerDeps;
  readonly caller: Caller;
  readonly because: string;
  readonly pattern: JsonObject;
  readonly batchSize: number;
  ended: number;
  batches: number;
  readonly failed: string[];
}

interface Begun {
  readonly found: GrantCount;
  /** All that match, in order. */
  readonly ids: readonly string[];
}

/** Locks all of them, compares the number, and ends the first batch. */
async function begin(run: Run, input: EndManyInput, expect: number): Promise<Begun> {
  const lockAndCompare = async (work: Work): Promise<Begun> => {
    const rows = await matchingGrants(work.queries, input, { lock: true });
    const found = await countGrants(work.queries, rows);
    if (rows.length !== expect) {
      throw new Refusal(
        'conflict',
        `There are ${rows.length} grants to end now, not ${expect}. Nothing was ended: look again.`,
        { grants: found.grants, people: found.people },
      );
    }
    return { found, ids: rows.map(({ id }) => id) };
  };
  const { deps, caller } = run;
  try {
    const done = await deps.transact(caller.context, async (work) => {
      const begun = await lockAndCompare(work);
      return {
        begun,
        ended: await endLocked(run, work, begun.ids.slice(0, run.batchSize), 1, begun.ids.length),
      };
    });
    run.ended = done.ended;
    run.batches = 1;
    return done.begun;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    deps.report?.(error, '');
    // One of them cannot be ended: none was. The batches are begun anew, each grant for itself where it has to be.
    return deps.transact(caller.context, lockAndCompare);
  }
}

async function endBatch(run: Run, ids: readonly string[], all: number): Promise<void> {
  const { deps, caller } = run;
  run.batches += 1;
  const batch = run.batches;
  const end = (some: readonly string[]) =>
    deps.transact(caller.context, (work) => endLocked(run, work, some, batch, all));
  try {
    run.ended += await end(ids);
    return;
  } catch (error) {
    deps.report?.(error, ids[0] ?? '');
    if (error instanceof Refusal) {
      // The database is out of reach: none of them would fare better alone.
      run.failed.push(...ids);
      return;
    }
  }
  for (const id of ids) {
    try {
      run.ended += await end([id]);
    } catch (error) {
      deps.report?.(error, id);
      run.failed.push(id);
    }
  }
}

/** Ends those of them that still can be ended. Returns how many. */
async function endLocked(
  { because, pattern, batchSize }: Run,
  work: Work,
  ids: readonly string[],
  batch: number,
  all: number,
): Promise<number> {
  if (ids.length === 0) return 0;
  const rows = await work.queries
    .select()
    .from(grants)
    .where(inArray(grants.id, [...ids]))
    .orderBy(asc(grants.id))
    .for('update');
  const together = { ...pattern, grants: all, batch, batches: Math.ceil(all / batchSize) };
  const part = partOf(work, together);
  let ended = 0;
  for (const row of rows) {
    if (!canEnd(row.state)) continue;
    await beginEnding(part, row, work.now >= row.endsAt ? 'expired' : 'revoked', { comment: because });
    ended += 1;
  }
  return ended;
}

/** Each event says of which whole it is a part, and a boundary is written once for all of them. */
function partOf(work: Work, together: JsonObject): Work {
  const woken = new Set<string>();
  return {
    queries: work.queries,
    write: work.write,
    get now() {
      return work.now;
    },
    audit: (event) => work.audit({ ...event, details: { ...event.details, together } }),
    enqueue: async (name, payload, options) => {
      if (name === 'boundary.write') {
        const key = JSON.stringify(payload);
        if (woken.has(key)) return;
        woken.add(key);
      }
      await work.enqueue(name, payload, options);
    },
  };
}

function patternOf({ entitlement, account, person }: GrantPattern): JsonObject {
  return {
    pattern: entitlement,
    ...(account === undefined ? {} : { account }),
    ...(person === undefined ? {} : { person }),
  };
}
