import type pg from 'pg';
import type { AssumeRoleCall } from './aws-front.ts';
import type { Seen } from './postgres-proxy.ts';

/**
 * Where the main job can be when the process dies, and how that is seen from outside while the process stands still:
 *
 * deciding    the transaction of a submission or a review is open: it holds a write lock on `requests` or `reviews`
 * activating  approved, and the grant is not active yet: a due row in `scheduled`, or one in `activating`
 * recorded    the session is committed as `issuing`, and no AssumeRole of its name has arrived at AWS
 * asking      its AssumeRole has arrived at AWS, and no answer was given
 * answered    AWS has answered, and the session is still `issuing`: the outcome is not committed
 * delivering  the outcome `issued` is committed, and the client that asked does not have the credentials
 */
export const phases = ['deciding', 'activating', 'recorded', 'asking', 'answered', 'delivering'] as const;
export type Phase = (typeof phases)[number];

/** How many things stood in each phase. `issuing`: sessions in that state; `ending`: grants in that state. */
export type Sight = Readonly<Record<Phase | 'issuing' | 'ending', number>>;

/** A process that stands still, and what was known when it stopped. */
export interface Stopped {
  readonly database: Pick<pg.Pool, 'query'>;
  /** Sessions made before are not this process's. ISO 8601, by the database's clock. */
  readonly bornAt: string;
  readonly calls: ReadonlyMap<string, AssumeRoleCall>;
  /** Names of the calls that AWS had answered by then. */
  readonly answered: ReadonlySet<string>;
  /** Access key ids that clients have. */
  readonly received: ReadonlyMap<string, unknown>;
}

/** Looks at everything that the stopped process left behind. */
export async function look(stopped: Stopped): Promise<Sight> {
  const { rows: sessions } = await stopped.database.query<{
    name: string;
    state: string;
    key: string | null;
  }>(
    `SELECT role_session_name AS name, state, access_key_id AS key FROM sessions
     WHERE created_at >= $1 AND state IN ('issuing', 'issued')`,
    [stopped.bornAt],
  );
  const { rows } = await stopped.database.query<{ deciding: number; activating: number; ending: number }>(
    `SELECT (SELECT count(DISTINCT l.pid)::int FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE a.application_name = 'daypass' AND l.mode = 'RowExclusiveLock' AND l.granted
           AND l.relation IN ('requests'::regclass, 'reviews'::regclass)) AS deciding,
       (SELECT count(*)::int FROM grants
         WHERE state = 'activating' OR (state = 'scheduled' AND starts_at <= now())) AS activating,
       (SELECT count(*)::int FROM grants WHERE state = 'ending') AS ending`,
  );
  const [{ deciding, activating, ending } = { deciding: 0, activating: 0, ending: 0 }] = rows;
  const issuing = sessions.filter(({ state }) => state === 'issuing');
  const arrived = issuing.filter(({ name }) => stopped.calls.has(name));
  const answered = arrived.filter(({ name }) => stopped.answered.has(name));
  return {
    deciding,
    activating,
    recorded: issuing.length - arrived.length,
    asking: arrived.length - answered.length,
    answered: answered.length,
    delivering: sessions.filter(
      ({ state, key }) => state === 'issued' && key !== null && !stopped.received.has(key),
    ).length,
    issuing: issuing.length,
    ending,
  };
}

/** Tells, from what passes between Daypass and Postgres, that a phase has just been entered. */
export function createEntrance(enter: (phase: Phase) => void): (seen: Seen) => void {
  const written = new Map<number, Set<string>>();
  return ({ connection, application, sql, what }) => {
    if (application !== 'daypass') return;
    const text = sql.toLowerCase();
    if (what === 'sent') {
      if (text.startsWith('begin')) written.set(connection, new Set());
      // Several may be written by one statement.
      const writes = [...text.matchAll(/(insert into|update) "?(\w+)"?/g)].map((w) => `${w[1]} ${w[2]}`);
      for (const write of writes) written.get(connection)?.add(write);
      if (writes.some((write) => / (requests|reviews)$/.test(write))) enter('deciding');
      return;
    }
    if (text !== 'commit') return;
    const changes = written.get(connection);
    // A role's grant is active with the commit that makes it.
    if (changes?.has('insert into grants') === true && !changes.has('update grants')) enter('activating');
    if (changes?.has('insert into sessions') === true) enter('recorded');
    if (changes?.has('update sessions') === true) enter('delivering');
  };
}
