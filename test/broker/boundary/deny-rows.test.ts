import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemContext } from '../../../src/audit/event.ts';
import { recordUnseenSession } from '../../../src/anchor/unseen-sessions.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { beginEnding } from '../../../src/broker/begin-ending.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { lockGrant } from '../../../src/broker/grant-row.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { type House, openHouse, prod } from '../house.ts';

let house: House;
let role: string;
let set: string;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** One confirmed deny of each kind. */
beforeEach(async () => {
  const roleGrant = await house.grant();
  const setGrant = await house.grant({ entitlement: house.permissionSet });
  for (const grant of [roleGrant, setGrant]) await activateGrant(house.deps, { grantId: grant.id });
  const owner = await house.caller(roleGrant.person);
  await issueSession(house.deps, owner, { grantId: roleGrant.id });
  await endGrant(house.deps, owner, { grantId: roleGrant.id });
  await endGrant(house.deps, await house.caller(setGrant.person), { grantId: setGrant.id });
  await sweepGrants(house.deps);
  await writeBoundary(house.boundary(), prod);
  role = roleGrant.id;
  set = setGrant.id;
  const { rows } = await house.pool.raw.query(
    'SELECT FROM denies WHERE grant_id IN ($1, $2) AND confirmed_at IS NOT NULL',
    [role, set],
  );
  expect(rows).toHaveLength(2);
});

function change(id: string, what: string): Promise<unknown> {
  return house.pool.raw.query(`UPDATE denies SET ${what} WHERE grant_id = $1`, [id]);
}

test('no deny is confirmed or removed from the start', async () => {
  const { id } = await house.grant();
  const insert = (columns: string, values: string) =>
    house.pool.raw.query(
      `INSERT INTO denies (grant_id, account_id, kind, role_arn, role_wide_allowed, created_at, lapses_at, ${columns})
       VALUES ($1, '${prod}', 'role', 'arn:aws:iam::${prod}:role/daypass-admin', false, now(), now(), ${values})`,
      [id],
    );
  const refused = { constraint: 'denies_begin_open' };
  await expect(insert('confirmed_at, version_id', `now(), 'v9'`)).rejects.toMatchObject(refused);
  await expect(insert('removed_at', 'now()')).rejects.toMatchObject(refused);
});

test.each([
  ['moves back', `issued_before = issued_before - interval '1 second'`],
  ['lapses sooner', `lapses_at = lapses_at - interval '1 second'`],
  ['lapses later without covering more', `lapses_at = lapses_at + interval '1 second'`],
  ['covers more and counts as confirmed', `issued_before = issued_before + interval '1 second'`],
  [
    'covers more and lapses sooner',
    `issued_before = issued_before + interval '1 second', lapses_at = lapses_at - interval '1 second',
     confirmed_at = NULL, version_id = NULL`,
  ],
])('a deny of a permission set never %s', async (_name, what) => {
  await expect(change(set, what)).rejects.toMatchObject({ constraint: 'denies_only_grow' });
});

test('a deny of a role never moves at all', async () => {
  const what = `lapses_at = lapses_at + interval '1 second', confirmed_at = NULL, version_id = NULL`;
  await expect(change(role, what)).rejects.toMatchObject({ constraint: 'denies_only_grow' });
});

test('what was confirmed is confirmed no longer only with its event, or as it covers more', async () => {
  const unconfirm = 'confirmed_at = NULL, version_id = NULL';
  for (const id of [role, set])
    await expect(change(id, unconfirm)).rejects.toMatchObject({ constraint: 'denies_have_event' });
  await change(set, `${unconfirm}, issued_before = issued_before + interval '1 second'`);
});

test('a deny that was removed comes back only when it covers more', async () => {
  house.pass(7200);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(await house.kinds(set)).toContain('deny.removed');
  for (const id of [role, set])
    await expect(change(id, 'removed_at = NULL')).rejects.toMatchObject({ constraint: 'denies_only_grow' });
});

/** Closes the books on a grant as when the database is found to be an older copy. */
async function endAsInACopy(id: string): Promise<void> {
  await house.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, id);
    if (row === null) throw new Error('no grant');
    await recordUnseenSession(work, row);
    await beginEnding(work, row, 'revoked');
  });
}

async function unseen(id: string): Promise<unknown[]> {
  const { rows } = await house.pool.raw.query(
    `SELECT s.state, d.lapses_at >= s.last_possible_use AS denied FROM sessions s JOIN denies d USING (grant_id)
     WHERE s.grant_id = $1`,
    [id],
  );
  return rows;
}

test.each([
  ['scheduled', false],
  ['activating', true],
] as const)(
  'a copy has a grant as %s whose time has come: what may have been issued since is denied and waited out',
  async (state, activating) => {
    const { id, person } = await house.grant();
    await house.caller(person);
    if (activating) {
      await house.transact(systemContext, async (work) => {
        await work.queries.execute(`UPDATE grants SET state = 'activating' WHERE id = '${id}'`);
        work.audit({ kind: 'grant.activating', outcome: 'success', grant: id });
      });
    }
    expect(await house.stateOf(id)).toBe(state);
    await endAsInACopy(id);
    expect(await unseen(id)).toEqual([{ state: 'unknown', denied: true }]);
    await sweepGrants(house.deps);
    expect(await house.stateOf(id)).toBe('ending');
    await writeBoundary(house.boundary(), prod);
    expect(await house.stateOf(id)).toBe('ended');
  },
);

test('a copy has a grant as scheduled whose time has not come: nothing was issued under it', async () => {
  const { id, person } = await house.grant({ startsIn: 60 });
  await house.caller(person);
  await endAsInACopy(id);
  expect(await unseen(id)).toEqual([]);
});

test('Postgres takes no session under a scheduled grant, unless it only may have been issued and its time has come', async () => {
  const insert = async (grant: { id: string; person: string }, state: 'issuing' | 'unknown') => {
    const { signInId } = await house.caller(grant.person);
    await house.pool.raw.query(
      `INSERT INTO sessions (id, grant_id, sign_in_id, state, role_session_name, duration_seconds, last_possible_use,
         created_at, settled_at)
       VALUES ('ses_' || right($1, 26), $1, $2, $3, $1, 900, $4, $4, CASE WHEN $3 = 'unknown' THEN $4::timestamptz END)`,
      [grant.id, signInId, state, house.now()],
    );
  };
  const refused = { constraint: 'sessions_under_active_grant' };
  await expect(insert(await house.grant(), 'issuing')).rejects.toMatchObject(refused);
  await expect(insert(await house.grant({ startsIn: 1 }), 'unknown')).rejects.toMatchObject(refused);
  // What its time allows still needs its event.
  await expect(insert(await house.grant(), 'unknown')).rejects.toMatchObject({
    constraint: 'sessions_state_has_event',
  });
});
