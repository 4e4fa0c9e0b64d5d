import { openClosure } from './anchor/closure-row.ts';
import type { AwsClients } from './aws/clients.ts';
import { KeylessError } from './aws/identity-check.ts';
import { databaseFault } from './db/fault.ts';
import { pendingMigrations } from './db/migrate.ts';
import type { Pool } from './db/pool.ts';
import { roleFault } from './db/role-check.ts';
import { StartRefused } from './start-refused.ts';

export interface Readiness {
  /** Whether the service can do its work, and what is missing. Never throws. */
  readonly now: () => Promise<{
    readonly ready: boolean;
    readonly missing: readonly string[];
    /** Whether nothing is issued until two operators confirm; that is no reason to keep people away. */
    readonly closed: boolean;
  }>;
}

/**
 * Looks at the surroundings once before anything starts. Throws StartRefused for what must never be (a database role that
 * could rewrite the record, migrations missing, an AWS identity that is no role). AWS being out of reach is no reason not to
 * start: it is reported as missing until it answers.
 */
export async function startReadiness(
  pool: Pool,
  aws: AwsClients,
  onError: (error: unknown) => void,
): Promise<Readiness> {
  await refuseDatabase(pool);
  await aws.identity().catch((error: unknown) => {
    if (error instanceof KeylessError) throw new StartRefused(error.message);
    onError(error);
  });
  return {
    // AWS is asked about each set of credentials once: a refresh can bring an identity that Daypass must not run as.
    async now() {
      const missing: string[] = [];
      let closed = false;
      try {
        closed = (await openClosure(pool.db)) !== null;
      } catch (error) {
        missing.push('database');
        onError(error);
      }
      await aws.identity().catch((error: unknown) => {
        missing.push('aws');
        onError(error);
      });
      return { ready: missing.length === 0, missing, closed };
    },
  };
}

async function refuseDatabase(pool: Pool): Promise<void> {
  try {
    const pending = await pendingMigrations((text) => pool.raw.query<{ name: string }>(text));
    if (pending.length > 0)
      throw new StartRefused(`the database lacks ${pending.join(', ')}: run \`daypass migrate\` first`);
    const fault = await roleFault(pool.db);
    if (fault !== null) throw new StartRefused(fault);
  } catch (error) {
    if (databaseFault(error) === 'unavailable')
      throw new StartRefused('the database at DATABASE_URL cannot be reached');
    if (isUndefinedTable(error)) throw new StartRefused('the database is empty: run `daypass migrate` first');
    throw error;
  }
}

// SQLSTATE 42P01, undefined_table.
function isUndefinedTable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42P01';
}
