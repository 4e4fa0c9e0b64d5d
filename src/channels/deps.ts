import type { Transact } from '../audit/unit-of-work.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';

/** What the use cases of this folder work with. */
export interface ChannelsDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
}

/** An account in a chat. Ids as the chat gives them, compared exactly; names and addresses there prove nothing. */
export interface ChatAccount {
  readonly channel: 'slack';
  readonly workspace: string;
  readonly externalId: string;
}

/** Where a callback came from. */
export interface CallbackMeta {
  readonly address: string | null;
  readonly requestId: string | null;
}
