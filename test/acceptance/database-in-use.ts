import { inject } from 'vitest';
import type { DatabaseInUse } from '../../dev/demo/database.ts';
import { createDatabase } from '../../dev/postgres/databases.ts';
import { withDatabase } from '../../dev/postgres/urls.ts';
import { createTestDatabase } from '../support/database.ts';

/**
 * A migrated database on the server of the run, for the stack that `startStack` starts. A server of its own, and migrating, take
 * two seconds of a processor; what `daypass migrate` does has tests that do without this.
 */
export async function testDatabaseInUse(): Promise<DatabaseInUse> {
  const { superuserUrl, roleUrls } = inject('testServer');
  const made = await createTestDatabase();
  return {
    database: made.name,
    stop: () => made.drop(),
    postgres: {
      port: Number(new URL(superuserUrl).port),
      url: (database, role) => withDatabase(roleUrls[role], database),
      superuserUrl: (database) => withDatabase(superuserUrl, database),
      createDatabase: (database, more) => createDatabase(superuserUrl, database, more),
    },
  };
}
