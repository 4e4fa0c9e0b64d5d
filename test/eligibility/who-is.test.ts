import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standingsOf } from '../../src/approvals/standing.ts';
import { mayAsk } from '../../src/catalog/evaluate.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { sql } from '../../src/db/drizzle.ts';
import { whoIs } from '../../src/eligibility/who-is.ts';
import { startWorld, type TestPerson, type World } from '../approvals/world.ts';

let world: World;
const persons: TestPerson[] = [];
const groups = ['g0', 'g1', 'g2', 'g3'];
beforeAll(async () => {
  world = await startWorld();
  // Every set of the groups, twice: the second half is deactivated.
  for (let mask = 0; mask < 32; mask += 1) {
    const person = await world.person(
      `p${mask}`,
      groups.filter((_, place) => (mask & (1 << place)) !== 0),
    );
    persons.push(person);
    if (mask >= 16) {
      await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [person.id]);
    }
  }
});
afterAll(() => world.stop());

const some = fc.subarray(groups, { minLength: 1 });
const place = fc.nat(31);

test('SQL finds exactly the active people whom the rules let ask, with everybody from outside judged alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      some,
      fc.option(fc.uniqueArray(place, { minLength: 1, maxLength: 3 }), { nil: [] }),
      fc.option(some, { nil: [] }),
      fc.uniqueArray(fc.tuple(place, place, fc.constantFrom('2026-11-01', '2026-12-31')), {
        maxLength: 4,
        selector: ([who]) => who,
      }),
      async (ask, named, outside, sponsored) => {
        const catalog = read(ask, named, outside, sponsored);
        const entitlement = catalog.entitlements.get('prod/x');
        if (entitlement === undefined) throw new Error('no prod/x');
        const moment = { catalog, now: world.now() };
        const found = await whoIs(world.deps.db, moment, entitlement.ask);
        const { rows } = await world.deps.db.execute<{ id: string }>(
          sql`SELECT p.id FROM people p WHERE ${found} ORDER BY p.id`,
        );
        const active = persons.slice(0, 16).map((person) => ({ ...person, personId: person.id }));
        const standings = await standingsOf(world.deps.db, { catalog, now: () => world.now() }, active);
        const expected = active
          .filter((person, at) => mayAsk(entitlement, { ...person, ...standings[at] }).allowed)
          .map(({ id }) => id);
        expect(rows.map(({ id }) => id)).toEqual(expected.toSorted());
      },
    ),
    { numRuns: 100 },
  );
});

function read(
  ask: readonly string[],
  named: readonly number[],
  outside: readonly string[],
  sponsored: readonly (readonly [number, number, string])[],
) {
  const outsiders = new Set(sponsored.map(([who]) => who));
  const people = persons.map(({ subject }, at) => {
    const entry = sponsored.find(([who, sponsor]) => who === at && !outsiders.has(sponsor));
    const more = entry === undefined ? '' : `, eligibleUntil: ${entry[2]}, sponsor: p${entry[1]}`;
    return `  p${at}: { subject: ${subject}${more} }`;
  });
  const result = parseCatalog(`version: 1
groups: [${groups.join(', ')}]
people:
${people.join('\n')}
${outside.length === 0 ? '' : `outside: { groups: [${outside.join(', ')}] }`}
accounts: { prod: { id: "111122223333" } }
entitlements:
  prod/x:
    description: x
    role: { account: prod, name: x }
    ask: { groups: [${ask.join(', ')}]${named.length === 0 ? '' : `, people: [${named.map((at) => `p${at}`).join(', ')}]`} }
    approve: { groups: [g0] }
    maxDuration: 1h
`);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}
