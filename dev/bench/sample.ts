import pg from 'pg';

/** A row as Postgres prints it: what was written goes back byte for byte. */
export type Row = Readonly<Record<string, string | null>>;

/** Everything that Daypass wrote for one request. */
export interface Sample {
  /** In the order they happened. */
  readonly events: readonly Row[];
  readonly personal: readonly Row[];
  readonly request: Row;
  readonly requestEntitlements: readonly Row[];
  readonly reviews: readonly Row[];
  readonly grant: Row;
  readonly sessions: readonly Row[];
  /** In the order they were added. */
  readonly jobs: readonly Row[];
}

/** The scratch tables beside Daypass's own: same columns, defaults, checks and indexes. */
export const scratch = 'bench_floor';
const tables = {
  requests: 'public.requests',
  request_entitlements: 'public.request_entitlements',
  reviews: 'public.reviews',
  grants: 'public.grants',
  sessions: 'public.sessions',
  audit_events: 'public.audit_events',
  audit_personal_data: 'public.audit_personal_data',
  job: 'pgboss.job_common',
};
export type ScratchTable = keyof typeof tables;

export async function makeScratchTables(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query(`CREATE SCHEMA ${scratch}`);
    for (const [name, original] of Object.entries(tables))
      await client.query(`CREATE TABLE ${scratch}.${name} (LIKE ${original} INCLUDING ALL)`);
  });
}

/** Reads what Daypass wrote for the request: one that was approved once, for one entitlement, and ended early. */
export async function readSample(ownerUrl: string, requestId: string): Promise<Sample> {
  return withClient(ownerUrl, async (client) => {
    const rows = async (sql: string, values: readonly unknown[]): Promise<Row[]> =>
      (
        await client.query<Row>({
          text: sql,
          values: [...values],
          types: { getTypeParser: () => (text: string) => text },
        })
      ).rows;
    const one = async (sql: string, values: readonly unknown[]): Promise<Row> => {
      const [row, ...more] = await rows(sql, values);
      if (row === undefined || more.length > 0) throw new Error(`not exactly one row: ${sql}`);
      return row;
    };
    const events = await rows('SELECT * FROM audit_events WHERE request = $1 ORDER BY id', [requestId]);
    const grant = await one('SELECT * FROM grants WHERE request_id = $1', [requestId]);
    const sessions = await rows('SELECT * FROM sessions WHERE grant_id = $1 ORDER BY id', [grant['id']]);
    const account = events.find((event) => event['kind'] === 'grant.ending')?.['account'];
    const subjects = [requestId, grant['id'], ...sessions.map((session) => session['id']), account];
    return {
      events,
      personal: await rows('SELECT * FROM audit_personal_data WHERE event_id = ANY ($1)', [
        events.map((event) => event['id']),
      ]),
      request: await one('SELECT * FROM requests WHERE id = $1', [requestId]),
      requestEntitlements: await rows('SELECT * FROM request_entitlements WHERE request_id = $1', [
        requestId,
      ]),
      reviews: await rows('SELECT * FROM reviews WHERE request_id = $1', [requestId]),
      grant,
      sessions,
      jobs: await rows(
        `SELECT * FROM pgboss.job_common WHERE coalesce(data ->> 'requestId', data ->> 'grantId', data ->> 'sessionId', data ->> 'accountId') = ANY ($1)
         ORDER BY created_on, start_after DESC`,
        [subjects],
      ),
    };
  });
}

export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
