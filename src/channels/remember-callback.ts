import { sql } from 'drizzle-orm';
import type { Transact } from '../audit/unit-of-work.ts';
import { callbackReplays } from '../db/schema.ts';
import type { CallbackMeta } from './deps.ts';

/**
 * Remembers that a signed callback arrived, until its signature is too old to be accepted. Committed before anything is done
 * about it: however often and wherever it is delivered, it counts at most once.
 * @returns false when it had arrived before
 */
export async function rememberCallback(
  deps: { readonly transact: Transact },
  callback: { readonly signatureHash: Buffer; readonly expiresAt: Date },
  meta: CallbackMeta,
): Promise<boolean> {
  const context = { actor: { type: 'stranger', id: null }, ...meta } as const;
  return deps.transact(context, async (work) => {
    // Rows that another call is deleting are left to it, so that calls never wait for each other here.
    await work.queries.execute(sql`
      DELETE FROM callback_replays WHERE signature_hash IN (
        SELECT signature_hash FROM callback_replays WHERE expires_at < ${work.now.toISOString()}::timestamptz
        LIMIT 100 FOR UPDATE SKIP LOCKED
      )`);
    const inserted = await work.queries
      .insert(callbackReplays)
      .values({ signatureHash: callback.signatureHash, expiresAt: callback.expiresAt })
      .onConflictDoNothing()
      .returning({ expiresAt: callbackReplays.expiresAt });
    return inserted.length === 1;
  });
}
