import { expect, test } from 'vitest';
import pg from 'pg';
import { createTestDatabase } from '../../support/database.ts';
import { openPool } from '../../../src/db/pool.ts';
import { createBoundaryWriters } from '../../../src/broker/boundary/writers.ts';
import { openDenies } from '../../../src/broker/boundary/deny-row.ts';
import { assignmentOf, liveUsers } from '../../../src/broker/targets/assignment-row.ts';
import { readEndingMeasures, readOverdueEndings } from '../../../src/broker/ending-measures.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { selectGrants, stillLive } from '../../../src/broker/view.ts';

test('explain', async () => {
  const database = await createTestDatabase();
  const c = new pg.Client({ connectionString: database.superuserUrl });
  await c.connect();
  await c.query(`SET session_replication_role = replica`);
  const N = 400_000;
  const terms = JSON.stringify({
    account: { id: '111122223333', name: 'prod' },
    target: { kind: 'role', roleArn: 'arn:aws:iam::111122223333:role/x' },
  });
  const psTerms = JSON.stringify({
    account: { id: '111122223333', name: 'prod' },
    target: { kind: 'permission-set', permissionSetArn: 'x', sessionSeconds: 3600 },
  });
  const t0 = Date.now();
  await c.query('SET synchronous_commit=off');
  await c.query('SET work_mem="64MB"');
  await c.query(
    `INSERT INTO grants (id, request_id, person_id, entitlement, terms, state, prior_state, starts_at, ends_at, created_at, ended_because, ending_since, ended_at, evidence)
    SELECT 'grt_'||lpad(i::text,26,'0'), 'req_'||lpad(i::text,26,'0'), 'prs_'||lpad((i%5000)::text,26,'0'), 'e'||(i%200), CASE WHEN i%3=0 THEN $2::jsonb ELSE $1::jsonb END,
     CASE WHEN i > ${N} - 2000 THEN 'active' WHEN i > ${N}-2200 THEN 'ending' ELSE 'ended' END, CASE WHEN i > ${N}-2000 THEN 'activating' WHEN i > ${N}-2200 THEN 'active' ELSE 'ending' END,
     CASE WHEN i > ${N}-2200 THEN now() - interval '2 hours' ELSE now() - interval '24 hours' END, CASE WHEN i > ${N}-2200 THEN now() + interval '1 hour' ELSE now() - interval '20 hours' END, now() - interval '1 day',
     CASE WHEN i > ${N}-2000 THEN NULL ELSE 'revoked' END, CASE WHEN i > ${N}-2000 THEN NULL ELSE now() END, CASE WHEN i > ${N}-2200 THEN NULL ELSE now() END, CASE WHEN i > ${N}-2200 THEN NULL ELSE '{"kind":"x"}'::jsonb END
    FROM generate_series(1, ${N}) i`,
    [terms, psTerms],
  );
  await c.query(`INSERT INTO sessions (id, grant_id, sign_in_id, state, prior_state, role_session_name, duration_seconds, access_key_id, expiration, last_possible_use, created_at, settled_at)
    SELECT 'ses_'||lpad(i::text,26,'0'), 'grt_'||lpad(i::text,26,'0'), 'x', 'issued','issuing', 's'||i, 900, 'ASIA'||i, now(), CASE WHEN i > ${N}-2200 THEN now()+interval '10 minutes' ELSE now() - interval '10 hours' END, now(), now() FROM generate_series(1, ${N}) i`);
  await c.query(
    `INSERT INTO boundaries (account_id) SELECT lpad(i::text,12,'0') FROM generate_series(1,1000) i`,
  );
  await c.query(`INSERT INTO denies (grant_id, account_id, kind, role_arn, role_wide_allowed, created_at, lapses_at, confirmed_at, version_id, removed_at)
    SELECT 'grt_'||lpad(i::text,26,'0'), lpad((1+i%1000)::text,12,'0'), 'role','x',false, now(), now(), now(), 'v1', CASE WHEN i > ${N}-2200 THEN NULL ELSE now() END FROM generate_series(1, ${N}) i WHERE i%2=0`);
  await c.query(
    `INSERT INTO assignments (account_id, permission_set_arn, principal_id, present, updated_at) SELECT lpad((1+i%1000)::text,12,'0'),'ps','p'||i,false,now() FROM generate_series(1,20000) i`,
  );
  await c.query(
    `INSERT INTO assignment_users SELECT lpad((1+(i%20000)%1000)::text,12,'0'),'ps','p'||(i%20000),'grt_'||lpad(i::text,26,'0'), now() FROM generate_series(1,${N}) i WHERE i%3=0`,
  );
  await c.query(`ANALYZE`);
  console.log('filled in', Date.now() - t0);
  const pool = openPool({ url: database.appUrl, max: 4, onError: () => undefined });
  const log: string[] = [];
  const time = async (name: string, f: () => Promise<unknown>) => {
    const best: number[] = [];
    for (let i = 0; i < 8; i++) {
      const s = performance.now();
      await f();
      best.push(Math.round(performance.now() - s));
    }
    log.push(`${name}: ${best.join(' ')} ms`);
  };
  const now = new Date();
  const deps: any = {
    db: pool.db,
    clock: () => new Date(),
    transact: async () => {
      throw new Error('no');
    },
  };
  const writers = createBoundaryWriters({ ...deps, writer: 'w', report: () => undefined });
  await time('dueAccounts', async () => {
    await writers.sweep();
    await writers.idle();
  });
  await time('openDenies', () => openDenies(pool.db, '000000000500'));
  await time('assignmentOf', () => assignmentOf(pool.db, 'grt_' + '399999'.padStart(26, '0')));
  await time('liveUsers', () =>
    liveUsers(pool.db, { accountId: '000000000004', permissionSetArn: 'ps', principalId: 'p3' }, now),
  );
  await time('measures', () => readEndingMeasures(pool.db, now));
  await time('overdue', () => readOverdueEndings(pool.db, now, 1000));
  await time('stillLive list', () => selectGrants(pool.db, [stillLive(now)], 51));
  const targets: any = {
    role: { takeAway: async () => ({ kind: 'pending', lookAgainAt: null }) },
    'permission-set': {
      removeOrphans: async () => undefined,
      compare: async () => undefined,
      takeAway: async () => ({ kind: 'pending', lookAgainAt: null }),
    },
  };
  await time('sweepGrants', () => sweepGrants({ ...deps, targets }));
  console.log(log.join('\n'));
  await c.query(`SET session_replication_role = origin`);
  const ex = async (q: string) =>
    (await c.query('EXPLAIN (ANALYZE, BUFFERS OFF) ' + q)).rows.map((r) => r['QUERY PLAN']).join('\n');
  await c.query(`SET session_replication_role = replica`);
  await c.query(
    `UPDATE sessions SET last_possible_use = now() - interval '1 hour' WHERE last_possible_use > now()`,
  );
  await c.query(
    `UPDATE grants SET state='ended', prior_state='ending', ended_because='expired', ending_since=now(), ended_at=now(), evidence='{"kind":"x"}' WHERE state <> 'ended'`,
  );
  await c.query('VACUUM ANALYZE grants');
  await c.query('VACUUM ANALYZE sessions');
  log.length = 0;
  await time('stillLive, nothing live', () => selectGrants(pool.db, [stillLive(new Date())], 51));
  await time('sweepGrants, nothing ending', () => sweepGrants({ ...deps, targets }));
  await c.query(
    `UPDATE grants SET state='ending', prior_state='active', ended_at=null, evidence=null WHERE id='grt_00000000000000000000399998'`,
  );
  await time('sweepGrants, one ending', () => sweepGrants({ ...deps, targets }));
  console.log(log.join('\n'));
  {
    const { rows } = await c.query(`SELECT count(*) FROM grants WHERE state <> 'ended'`);
    console.log(rows);
    const q = selectGrants(pool.db, [stillLive(new Date())], 51) as any;
    void q;
  }
  const plan = async (name: string, run: (db: any) => Promise<unknown>) => {
    const seen: { q: string; v: unknown[] }[] = [];
    const orig = (pg as any).Client.prototype.query;
    (pg as any).Client.prototype.query = function (a: any, b: any, d: any) {
      const text = typeof a === 'string' ? a : a?.text;
      const v = (typeof a === 'object' ? a.values : undefined) ?? (Array.isArray(b) ? b : []);
      if (/^\s*(select|with)/i.test(text ?? '')) seen.push({ q: text, v });
      return orig.call(this, a, b, d);
    };
    await run(pool.db);
    (pg as any).Client.prototype.query = orig;
    for (const { q, v } of seen) {
      const r = await c.query({ text: 'EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF) ' + q, values: v as any[] });
      console.log(name + '\n' + r.rows.map((x: any) => x['QUERY PLAN']).join('\n'));
    }
  };
  await plan('stillLive', () => selectGrants(pool.db, [stillLive(new Date())], 51));
  await plan('sweep', () => sweepGrants({ ...deps, targets }));
  const { createPermissionSetTarget } = await import('../../../src/broker/targets/permission-set.ts');
  const set = createPermissionSetTarget({
    ...deps,
    center: {} as any,
    identityCenterUser: (() => ({})) as any,
    pause: async () => undefined,
  });
  await plan('orphans', () => set.removeOrphans());
  await plan('compare', () => set.compare());
  await plan('assignmentOf', () => assignmentOf(pool.db, 'grt_' + '399999'.padStart(26, '0')));
  console.log(await ex(`SELECT * FROM assignment_users WHERE grant_id='grt_00000000000000000000399999'`));
  console.log(
    await ex(
      `SELECT id FROM grants WHERE ((state='ending' AND NOT (EXISTS (SELECT FROM sessions s WHERE s.grant_id = grants.id AND s.last_possible_use > now()))) OR (state IN ('scheduled','activating','active') AND ends_at <= now())) AND id > '' ORDER BY id LIMIT 100`,
    ),
  );
  await pool.close();
  await c.end();
  await database.drop();
  expect(1).toBe(1);
}, 400_000);
