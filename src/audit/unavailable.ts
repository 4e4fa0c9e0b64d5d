import { databaseFault } from '../db/fault.ts';
import { Refusal } from '../refusal.ts';

/** The refusal for a record that could not be written, or not be seen to be written. */
export function auditUnavailable(): Refusal {
  return new Refusal(
    'audit_unavailable',
    'The audit log could not be written. Look whether it was done, and try again in a moment.',
  );
}

/**
 * Reads outside of a transaction, for a use case that is going to write the audit log. Throws Refusal `audit_unavailable`
 * when Postgres is out of reach, so that callers meet one answer wherever on the way it went; other errors as they are.
 */
export async function readBefore<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw databaseFault(error) === 'unavailable' ? auditUnavailable() : error;
  }
}
