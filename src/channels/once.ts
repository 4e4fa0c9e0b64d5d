import { eq, sql } from '../db/drizzle.ts';
import type { Transact, Work } from '../audit/unit-of-work.ts';
import { readBefore } from '../audit/unavailable.ts';
import type { Queries } from '../db/pool.ts';
import { callbackReplays } from '../db/schema.ts';
import type { CallbackMeta, ChannelsDeps } from './deps.ts';

/** A callback whose signature was good. */
export interface ReceivedCallback {
  readonly signatureHash: Buffer;
  /** When the signature stops being acceptable, and may be forgotten. */
  readonly expiresAt: Date;
}

class ReceivedBefore extends Error {}

/**
 * Does what a callback asks for, at most once, however often and wherever it is delivered. The first transaction that `act`
 * runs through the `transact` it is given also remembers the callback: both are committed or neither, so that after a fault
 * the same callback can be sent again. An act that committed nothing (a refusal, a word of help) is remembered after it.
 * @returns what `act` returned; null when the callback was received before
 */
export async function once<T extends string | object>(
  deps: ChannelsDeps,
  callback: ReceivedCallback,
  meta: CallbackMeta,
  act: (transact: Transact) => Promise<T>,
): Promise<T | null> {
  if (await readBefore(isRemembered(deps.db, callback))) return null;
  let committed = false;
  const transact: Transact = async (context, body) => {
    if (committed) return deps.transact(context, body);
    const result = await deps.transact(context, async (work) => {
      if (!(await remember(work, callback))) throw new ReceivedBefore();
      return body(work);
    });
    committed = true;
    return result;
  };
  try {
    const result = await act(transact);
    return committed || (await rememberAlone(deps, callback, meta)) ? result : null;
  } catch (error) {
    if (error instanceof ReceivedBefore) return null;
    throw error;
  }
}

async function isRemembered(queries: Queries, { signatureHash }: ReceivedCallback): Promise<boolean> {
  const rows = await queries
    .select({ expiresAt: callbackReplays.expiresAt })
    .from(callbackReplays)
    .where(eq(callbackReplays.signatureHash, signatureHash));
  return rows.length > 0;
}

// A second delivery at the same time waits here until the first has committed or given up.
async function remember(work: Work, { signatureHash, expiresAt }: ReceivedCallback): Promise<boolean> {
  const inserted = await work.queries
    .insert(callbackReplays)
    .values({ signatureHash, expiresAt })
    .onConflictDoNothing()
    .returning({ expiresAt: callbackReplays.expiresAt });
  return inserted.length === 1;
}

async function rememberAlone(
  deps: ChannelsDeps,
  callback: ReceivedCallback,
  meta: CallbackMeta,
): Promise<boolean> {
  const context = { actor: { type: 'stranger', id: null }, ...meta } as const;
  return deps.transact(context, (work) => remember(work, callback));
}

/** Forgets callbacks whose signature is not accepted any more. Rows that another call is deleting are left to it. */
export async function forgetOld(deps: Pick<ChannelsDeps, 'db' | 'clock'>): Promise<void> {
  const old = sql`
    DELETE FROM callback_replays WHERE signature_hash IN (
      SELECT signature_hash FROM callback_replays WHERE expires_at < ${deps.clock().toISOString()}::timestamptz
      LIMIT 100 FOR UPDATE SKIP LOCKED
    )`;
  await readBefore(deps.db.execute(old));
}
