/** What a thrown error says about the database: out of reach, a deadlock (or something else that another try does not meet), or neither. */
export type DatabaseFault = 'unavailable' | 'deadlock' | 'other';

// Network errors of Node, and messages of pg for connections that were cut or could not be had in time.
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const connectionMessages =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable|the database system is/;

/** Whether PostgreSQL refused a write because the database is closed (migrations/0009_anchor.sql). */
export function isClosed(error: unknown): boolean {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    if ('constraint' in current && current.constraint === 'closed_until_confirmed') return true;
  }
  return false;
}

/**
 * Tells faults apart by SQLSTATE (PostgreSQL manual, appendix A): class 08 connection, 53 resources, 57 operator
 * intervention, 25006 read only, 55P03 lock not available, 40001 and 40P01 serialization and deadlock.
 */
export function databaseFault(error: unknown): DatabaseFault {
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
    if (code === '40001' || code === '40P01') return 'deadlock';
    // Two grants with one code: tried again, it gets another id (migrations/0008_denies.sql).
    if (code === '23505' && 'constraint' in current && current.constraint === 'grants_code')
      return 'deadlock';
    if (/^(08|53|57|58)/.test(code) || code === '25006' || code === '55P03' || code === '25P03')
      return 'unavailable';
    if (networkCodes.has(code) || connectionMessages.test(current.message)) return 'unavailable';
    if (
      current instanceof AggregateError &&
      current.errors.some((inner) => databaseFault(inner) === 'unavailable')
    )
      return 'unavailable';
  }
  return 'other';
}
