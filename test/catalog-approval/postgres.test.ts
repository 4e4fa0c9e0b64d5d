import { afterAll, beforeAll, expect, test } from 'vitest';
import { approveCatalog } from '../../src/catalog-approval/approve-catalog.ts';
import { enterInForce, takeTurn } from '../../src/catalog/in-force.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { catalogOf, type House, read, type Replica, startHouse, versionOf } from './house.ts';

// What PostgreSQL refuses by itself, whatever the code above does.

let house: House;
let here: Replica;
let one: Caller;
let two: Caller;
let proposal: string;
const version = versionOf(2);
beforeAll(async () => {
  house = await startHouse();
  here = await house.start();
  await here.change(catalogOf(2));
  [one, two] = [await house.operator('One'), await house.operator('Two')];
  await approveCatalog(here.deps, one, { version });
  const { rows } = await house.root.query<{ id: string }>('SELECT id FROM catalog_proposals');
  proposal = rows[0]?.id ?? '';
});
afterAll(() => house.stop());

const approvedInForce = (decidedBy: string) => async () =>
  here.deps.transact(one.context, async (work) => {
    await takeTurn(work);
    await work.queries.execute(
      `UPDATE catalog_proposals SET state = 'approved', decided_at = now(), decided_by = '${decidedBy}' WHERE id = '${proposal}'`,
    );
    work.audit({
      kind: 'catalog.approved',
      outcome: 'success',
      catalogVersion: version,
      details: { proposal },
    });
    await enterInForce(work, read(catalogOf(2)), { basis: 'operators', proposal });
  });
const refused = async (constraint: string, attempt: () => Promise<unknown>) =>
  expect(await attempt().then(() => 'done', constraintOf)).toBe(constraint);

function constraintOf(error: unknown): unknown {
  for (let current = error; current instanceof Error; current = current.cause)
    if ('constraint' in current) return current.constraint;
  return error;
}

test('no catalog comes in force by operators with fewer than two who approved it', () =>
  refused('catalog_in_force_takes_two', approvedInForce(one.personId)));

test('nor with a second one who was deactivated', async () => {
  const { rows } = await house.root.query<{ id: string }>(
    `INSERT INTO people (id, issuer, subject, created_at, last_signed_in_at, deactivated_at)
     VALUES ('prs_${'0'.repeat(26)}', 'x', 'x', now(), now(), now()) RETURNING id`,
  );
  await house.root.query('ALTER TABLE catalog_approvals DISABLE TRIGGER ALL');
  await house.root.query(`INSERT INTO catalog_approvals VALUES ($1, $2, $3, $4, now())`, [
    proposal,
    version,
    rows[0]?.id,
    two.signInId,
  ]);
  await house.root.query('ALTER TABLE catalog_approvals ENABLE TRIGGER ALL');
  await refused('catalog_in_force_takes_two', approvedInForce(one.personId));
});

test('nor without a proposal, nor by one that is still open or of another version', async () => {
  await refused('catalog_in_force_approved', () =>
    house.app.query(`INSERT INTO catalog_in_force (version, since, basis) VALUES ($1, now(), 'operators')`, [
      version,
    ]),
  );
  const insert = `INSERT INTO catalog_in_force (version, since, basis, proposal_id) VALUES ($1, now(), 'operators', $2)`;
  for (const named of [version, versionOf(1)])
    await refused('catalog_in_force_approved', () => house.app.query(insert, [named, proposal]));
});

test('nor as the first when one is in force', () =>
  refused('catalog_in_force_first_once', () =>
    house.app.query(`INSERT INTO catalog_in_force (version, since, basis) VALUES ($1, now(), 'first')`, [
      version,
    ]),
  ));

test('nor by a signature that nobody names, nor on a basis that does not exist', async () => {
  for (const [basis, constraint] of [
    ['signature', 'catalog_in_force_by_signature'],
    ['trust me', 'catalog_in_force_basis_known'],
  ] as const)
    await refused(constraint, () =>
      house.app.query('INSERT INTO catalog_in_force (version, since, basis) VALUES ($1, now(), $2)', [
        version,
        basis,
      ]),
    );
});

test.each([
  [
    'catalog_in_force_has_event',
    `INSERT INTO catalog_in_force (version, since, basis) VALUES ($1, now(), 'file')`,
  ],
  [
    'catalog_proposals_have_event',
    `UPDATE catalog_proposals SET state = 'superseded', decided_at = now() WHERE version = $1`,
  ],
])('nothing changes without its event (%s)', (constraint, statement) =>
  refused(constraint, () => house.app.query(statement, [version])),
);

test('a proposal is not approved without its catalog coming in force, and takes legal steps only', async () => {
  await refused('catalog_proposals_approved_is_in_force', () =>
    house.app.query(
      `UPDATE catalog_proposals SET state = 'approved', decided_at = now(), decided_by = $1 WHERE version = $2`,
      [one.personId, version],
    ),
  );
  await refused('catalog_proposals_legal_transition', () =>
    house.app.query(
      `INSERT INTO catalog_proposals (id, version, state, proposed_at, decided_at)
       VALUES ('cpr_${'1'.repeat(26)}', $1, 'superseded', now(), now())`,
      [version],
    ),
  );
});

test.each([
  [
    'another digest',
    () => [proposal, versionOf(1), two.personId, two.signInId],
    'catalog_approvals_proposal',
  ],
  [
    "somebody else's sign-in",
    () => [proposal, version, two.personId, one.signInId],
    'catalog_approvals_signed_in',
  ],
  ['a second time', () => [proposal, version, one.personId, one.signInId], 'catalog_approvals_pkey'],
  ['no event', () => [proposal, version, two.personId, two.signInId], 'catalog_approvals_have_event'],
])('no approval is written down with %s', (_what, values, constraint) =>
  refused(constraint, () =>
    house.app.query(
      `INSERT INTO catalog_approvals VALUES ($1, $2, $3, $4, '2026-11-22T09:00:00Z')`,
      values(),
    ),
  ),
);

test('what was approved and what was in force is never changed or deleted', async () => {
  for (const table of ['catalog_approvals', 'catalog_in_force']) {
    for (const statement of [
      `UPDATE ${table} SET version = version`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]) {
      await expect(house.app.query(statement)).rejects.toThrow(/permission denied/);
      await expect(house.root.query(statement)).rejects.toThrow(/append only|foreign key/);
    }
  }
});
