import { eq } from '../../src/db/drizzle.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { grantTransitions, sessionTransitions, type GrantState } from '../../src/broker/states.ts';
import { systemContext } from '../../src/audit/event.ts';
import { grants, sessions } from '../../src/db/schema.ts';
import { keepsToTheModel } from './grant-model.ts';
import { type House, openHouse } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test.each([
  ['grant_transitions', grantTransitions],
  ['session_transitions', sessionTransitions],
])('the pure table and %s in Postgres say the same', async (table, transitions) => {
  const { rows } = await house.pool.raw.query<{ step: string }>(
    `SELECT from_state || ' ' || to_state AS step FROM ${table}`,
  );
  const pure = Object.entries(transitions).flatMap(([from, tos]) => tos.map((to: string) => `${from} ${to}`));
  expect(new Set(rows.map((row) => row.step))).toEqual(new Set(pure));
});

test('Postgres refuses every step that is not in the table, even with its event', async () => {
  for (const to of Object.keys(grantTransitions)) {
    const { id } = await house.grant();
    const legal = grantTransitions.scheduled.includes(to as GrantState) || to === 'scheduled';
    const step = house.transact(systemContext, async (work) => {
      await work.queries
        .update(grants)
        .set({
          state: to as GrantState,
          ...(to === 'ending' || to === 'ended' ? { endedBecause: 'revoked' as const } : {}),
          ...(to === 'ended' ? { endedAt: work.now, evidence: {} } : {}),
        })
        .where(eq(grants.id, id));
      const kind = `grant.${to === 'new' ? 'failed' : (to as GrantState)}` as const;
      work.audit({ kind, outcome: 'success', grant: id });
    });
    if (legal) await step;
    else {
      await expect(step).rejects.toMatchObject({ cause: { constraint: 'grants_legal_transition' } });
    }
  }
});

test('a change of state without its event fails at COMMIT', async () => {
  const { id } = await house.grant();
  const client = await house.pool.raw.connect();
  try {
    await client.query('BEGIN');
    await client.query(`UPDATE grants SET state = 'activating' WHERE id = $1`, [id]);
    await expect(client.query('COMMIT')).rejects.toMatchObject({ constraint: 'grants_state_has_event' });
  } finally {
    client.release();
  }
  expect(await house.stateOf(id)).toBe('scheduled');
});

test('no session row fits under a grant that is not active, or that is over', async () => {
  const { id, person } = await house.grant({ seconds: 60 });
  const caller = await house.caller(person);
  const insert = (createdAt: Date) =>
    house.transact(systemContext, async (work) => {
      await work.queries.insert(sessions).values({
        id: 'ses_00000000000000000000000001',
        grantId: id,
        signInId: caller.signInId,
        state: 'issuing',
        roleSessionName: 'x',
        durationSeconds: 900,
        lastPossibleUse: createdAt,
        createdAt,
      });
    });
  const refused = async (step: Promise<void>) =>
    await expect(step).rejects.toMatchObject({ cause: { constraint: 'sessions_under_active_grant' } });
  await refused(insert(house.now()));
  await activateGrant(house.deps, { grantId: id });
  await refused(insert(new Date(house.now().getTime() + 60_000)));
});

test('whatever is done in whatever order, a grant is where the model says and gives no access outside of its time', async () => {
  await keepsToTheModel(house, 25);
});
