import { eq } from '../../src/db/drizzle.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/db/ids.ts';
import { grants, sessions } from '../../src/db/schema.ts';
import type { Persona } from '../hostile/world.ts';
import { ask, beginHistory, type Daypass, type History } from './history.ts';

let history: History;
let daypass: Daypass;
let engineer: Persona;
let approver: Persona;
let grant: string;

/** A Daypass on an older copy, with a live grant, that has not looked at its anchor yet. */
beforeEach(async () => {
  history = await beginHistory();
  daypass = await history.start();
  engineer = await daypass.world.person('Erin', ['engineers']);
  approver = await daypass.world.person('Avery', ['approvers']);
  grant = await daypass.getAccess(engineer, approver);
  await daypass.keeper.keep();
  await daypass.stop();
  const copy = await history.copy();
  daypass = await history.start();
  await daypass.call(engineer, 'POST', '/v1/requests', ask);
  await daypass.keeper.keep();
  await daypass.stop();
  daypass = await history.start({ database: copy });
});
afterEach(() => history.end());

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await daypass.world.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if ((row?.n ?? 0) > 0) return;
  }
}

test('closing waits for a session that is being issued, and ends its grant', async () => {
  const { transact, clock } = daypass.world.deps;
  const id = newId('ses', clock());
  const [signIn] = await daypass.world.sql<{ id: string }>('SELECT id FROM sign_ins WHERE person_id = $1', [
    engineer.id,
  ]);
  const { promise: closingWaits, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: inserted, resolve: isInserted } = Promise.withResolvers<void>();
  const issuing = transact(
    { actor: { type: 'person', id: engineer.id }, address: null, requestId: null },
    async (work) => {
      await work.queries.select().from(grants).where(eq(grants.id, grant)).for('update');
      await work.queries.insert(sessions).values({
        id,
        grantId: grant,
        signInId: signIn?.id ?? '',
        state: 'issuing',
        roleSessionName: id,
        durationSeconds: 900,
        lastPossibleUse: new Date(work.now.getTime() + 900_000),
        createdAt: work.now,
      });
      work.audit({ kind: 'session.issuing', outcome: 'success', session: id, grant });
      isInserted();
      await closingWaits;
    },
  );
  await inserted;
  const closing = daypass.keeper.keep();
  await untilSomebodyWaits();
  expect(daypass.closings).toEqual([]);
  goOn();
  await Promise.all([issuing, closing]);
  expect(daypass.closings).toHaveLength(1);
  const [row] = await daypass.world.sql<{ state: string }>('SELECT state FROM grants WHERE id = $1', [grant]);
  expect(row?.state).toBe('ending');
});

test('a call that is under way when it closes gives nothing any more', async () => {
  const calls = Array.from({ length: 8 }, (_, i) =>
    i % 2 === 0
      ? daypass.call(engineer, 'POST', '/v1/requests', ask)
      : daypass.call(engineer, 'POST', `/v1/grants/${grant}/sessions`),
  );
  await Promise.all([daypass.keeper.keep(), ...calls]);
  expect(daypass.closings).toHaveLength(1);
  const live = await daypass.world.sql(
    `SELECT FROM grants WHERE state IN ('scheduled', 'activating', 'active')`,
  );
  expect(live).toEqual([]);
  for (const path of ['/v1/requests', `/v1/grants/${grant}/sessions`])
    expect(
      (await daypass.call(engineer, 'POST', path, path.endsWith('requests') ? ask : undefined)).status,
    ).toBe(401);
});

test('of many operators who confirm at once two open it, once', async () => {
  await daypass.keeper.keep();
  daypass.world.move(120);
  const operators = [];
  for (const name of ['Olga', 'Omar', 'Otto', 'Oona', 'Ozan'])
    operators.push(await daypass.world.person(name, ['operators']));
  const confirm = { because: 'Looked', checked: true };
  const answers = await Promise.all(
    operators.map((operator) => daypass.call(operator, 'POST', '/v1/closure/confirm', confirm)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
  const opened = answers.filter(({ body }) => typeof body['openedAt'] === 'string');
  expect(opened).toHaveLength(1);
  const events = await daypass.world.sql<{ kind: string }>(
    "SELECT kind FROM audit_events WHERE kind LIKE 'database.%' ORDER BY id",
  );
  expect(events.map(({ kind }) => kind)).toEqual([
    'database.closed',
    'database.confirmed',
    'database.confirmed',
    'database.opened',
  ]);
});
