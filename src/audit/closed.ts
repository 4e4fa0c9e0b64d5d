import { Refusal } from '../refusal.ts';

/** The refusal of everything that would lead to new access while the database is closed after a restore. */
export function closedUntilConfirmed(): Refusal {
  return new Refusal(
    'closed',
    'Daypass is closed because its database was restored or replaced: nothing is asked, answered or issued until two operators have run `daypass closure confirm`.',
    { retryAfterSeconds: 60 },
  );
}
