import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeReview } from '../../src/eligibility/close-review.ts';
import { openReview } from '../../src/eligibility/open-review.ts';
import type { TestPerson } from '../approvals/world.ts';
import { catalogText, day, type EligibilityWorld, startEligibilityWorld } from './world.ts';

let world: EligibilityWorld;
let engineer: TestPerson;
let senior: TestPerson;
let owner: TestPerson;
beforeEach(async () => {
  world = await startEligibilityWorld();
  engineer = await world.person('Erin', ['engineers', 'seniors']);
  senior = await world.person('Sam', ['seniors']);
  owner = await world.person('Olga', ['owners']);
  await world.person('Nobody', ['others']);
});
afterEach(() => world.stop());

const reviews = (where = 'true') => world.count(`eligibility_reviews WHERE ${where}`);
const notices = async () => {
  const { rows } = await world.root.query<{ people: string[]; body: Record<string, unknown> }>(
    `SELECT people, body FROM notices WHERE kind = 'eligibility.due' ORDER BY id`,
  );
  return rows;
};

describe('the rhythm', () => {
  test('begins when an entitlement is first seen, and comes round after reviewEvery', async () => {
    await world.sweep();
    world.move(30 * day - 1);
    await world.sweep();
    expect(await reviews()).toBe(0);
    world.move(1);
    await world.sweep();
    await world.sweep();
    expect(await reviews(`state = 'open' AND entitlement = 'prod/admin'`)).toBe(1);
    expect(await reviews()).toBe(1);
    // Closed after ten days, and due again thirty days after it was opened.
    world.move(10 * day);
    await world.sweep();
    expect(await reviews(`state = 'closed'`)).toBe(1);
    world.move(20 * day - 1);
    await world.sweep();
    expect(await reviews()).toBe(1);
    world.move(1);
    await world.sweep();
    expect(await reviews()).toBe(2);
  });

  test('of several sweeps at once one opens it, and one lets each person lapse', async () => {
    await world.sweep();
    world.move(30 * day);
    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
    expect(await reviews()).toBe(1);
    expect(await world.count('eligibility_items')).toBe(2);
    world.move(10 * day);
    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
    expect(await reviews(`state = 'closed'`)).toBe(1);
    for (const [kind, times] of [
      ['opened', 1],
      ['lapsed', 2],
      ['closed', 1],
    ] as const) {
      expect(await world.count(`audit_events WHERE kind = 'eligibility.${kind}'`)).toBe(times);
    }
  });

  test('a process that dies while it opens one leaves nothing, and the next sweep opens all of it', async () => {
    await world.sweep();
    world.move(30 * day);
    const dying = {
      ...world.deps,
      notify: () => {
        throw new Error('killed');
      },
    };
    await expect(openReview(dying, { entitlement: 'prod/admin' })).rejects.toThrow('killed');
    expect(await reviews()).toBe(0);
    expect(await world.count('eligibility_items')).toBe(0);
    await world.sweep();
    expect(await world.count('eligibility_items')).toBe(2);
  });

  test('a process that dies while people lapse leaves the rest to the next sweep', async () => {
    const review = await world.open();
    world.move(10 * day);
    let transactions = 0;
    const dying: typeof world.deps = {
      ...world.deps,
      transact: (context, body) => {
        transactions += 1;
        if (transactions === 2) throw new Error('killed');
        return world.deps.transact(context, body);
      },
    };
    await expect(closeReview(dying, { review })).rejects.toThrow('killed');
    expect(await reviews(`state = 'open'`)).toBe(1);
    expect(await world.count(`eligibility_items WHERE decision = 'lapsed'`)).toBe(2);
    await world.sweep();
    expect(await reviews(`state = 'closed'`)).toBe(1);
    expect(await world.count(`audit_events WHERE kind = 'eligibility.lapsed'`)).toBe(2);
  });

  test('hundreds lapse in several transactions, each with an event of their own', async () => {
    await world.root.query(`
      INSERT INTO people (id, issuer, subject, groups, created_at, last_signed_in_at)
      SELECT 'prs_' || translate(lpad(n::text, 26, '0'), '', ''), 'https://idp.example', 'many-' || n, '{engineers}', now(), now()
      FROM generate_series(1, 450) AS n`);
    const review = await world.open();
    expect((await world.read(review, owner)).counts).toMatchObject({ people: 452, unanswered: 452 });
    world.move(10 * day);
    await world.sweep();
    expect((await world.read(review, owner)).counts).toMatchObject({ lapsed: 452, unanswered: 0 });
    expect(await world.count(`audit_events WHERE kind = 'eligibility.lapsed'`)).toBe(452);
    expect(await world.count('eligibility_drops WHERE ended_at IS NULL')).toBe(452);
  });
});

describe('who is in a review', () => {
  test('each known, active person who may ask by the rules of then, with the group by which', async () => {
    const left = await world.person('Lee', ['engineers']);
    await world.root.query('UPDATE people SET deactivated_at = $2 WHERE id = $1', [left.id, world.now()]);
    const review = await world.open();
    const late = await world.person('Late', ['engineers']);
    const { items } = await world.read(review, owner);
    expect(items.map(({ person, group }) => [person.name, group])).toEqual([
      ['Erin', 'engineers'],
      ['Sam', 'seniors'],
    ]);
    // Whoever came later goes on asking: the next review is about them.
    expect(await world.ask(late)).toMatchObject({ state: 'pending' });
  });

  test('says when they last used it, how often, and who has not for unusedAfter', async () => {
    await world.sweep();
    const approver = await world.person('Aron', ['approvers']);
    const use = async (person: TestPerson, entitlement = 'prod/admin') => {
      const asked = await world.ask(person, { entitlements: [entitlement] });
      const { grants } = await world.answer(approver, asked);
      // As if access had been made: what is scheduled only was not used.
      await world.root.query(`SET session_replication_role = replica`);
      await world.root.query(`UPDATE grants SET state = 'active' WHERE id = $1`, [grants[0]?.id]);
      await world.root.query(`SET session_replication_role = DEFAULT`);
      return world.now().toISOString();
    };
    const long = await use(senior);
    world.move(15 * day);
    await use(engineer);
    await use(engineer, 'prod/free');
    world.move(60);
    const recent = await use(engineer);
    const scheduled = await world.ask(senior);
    await world.answer(approver, scheduled);
    world.move(15 * day - 60);
    await world.sweep();
    const { rows } = await world.root.query<{ id: string }>('SELECT id FROM eligibility_reviews');
    const { items, counts } = await world.read(rows[0]?.id ?? '', owner);
    expect(items).toMatchObject([
      { person: { name: 'Erin' }, uses: 2, lastUseAt: recent, unused: false },
      { person: { name: 'Sam' }, uses: 1, lastUseAt: long, unused: true },
    ]);
    expect(counts.unused).toBe(1);
  });
});

describe('owners', () => {
  test('are told when it is opened and three days before it is due, and only while somebody is unanswered', async () => {
    const other = await world.person('Oskar', ['owners']);
    const review = await world.open();
    const [first] = await notices();
    expect(first?.people.toSorted()).toEqual([owner.id, other.id].toSorted());
    expect(first?.body).toMatchObject({ review, entitlement: 'prod/admin', unanswered: 2 });
    await world.answerFor(owner, review, engineer, 'keep');
    world.move(7 * day - 1);
    await world.sweep();
    expect(await notices()).toHaveLength(1);
    world.move(1);
    await Promise.all([world.sweep(), world.sweep()]);
    await world.sweep();
    expect((await notices()).map(({ body }) => body['unanswered'])).toEqual([2, 1]);
    // Nobody's name or words are in it.
    expect(JSON.stringify(await notices())).not.toMatch(/Erin|Sam|Olga/);
  });

  test('are not told again when everybody was answered for', async () => {
    const review = await world.open();
    await world.answerFor(owner, review, engineer, 'keep');
    await world.answerFor(owner, review, senior, 'drop');
    world.move(8 * day);
    await world.sweep();
    expect(await notices()).toHaveLength(1);
  });
});

describe('a change of the catalog while a review is open', () => {
  test('that takes the rhythm or the entitlement away closes it, and drops nobody', async () => {
    const review = await world.open();
    await world.use(catalogText.replace(/ {4}(reviewEvery|reviewWithin|unusedAfter): .*\n/g, ''));
    await world.sweep();
    expect(await reviews(`state = 'closed' AND closed_because = 'withdrawn'`)).toBe(1);
    expect(await world.count('eligibility_drops')).toBe(0);
    expect((await world.events(review)).map(({ kind }) => kind)).toEqual([
      'eligibility.opened',
      'eligibility.closed',
    ]);
    expect(await world.ask(engineer)).toMatchObject({ state: 'pending' });
  });

  test('of the owners is followed at once', async () => {
    const review = await world.open();
    const next = await world.person('Nell', ['others']);
    await expect(world.answerFor(next, review, engineer, 'keep')).rejects.toMatchObject({
      code: 'not_found',
    });
    await world.use(catalogText.replace('owners: { groups: [owners] }', 'owners: { groups: [others] }'));
    await world.answerFor(next, review, engineer, 'keep');
    await expect(world.answerFor(owner, review, senior, 'keep')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('to another rhythm changes when the next one is opened, not this one', async () => {
    const review = await world.open();
    const { dueAt } = await world.read(review, owner);
    await world.use(catalogText.replace('30d', '60d').replace('10d', '20d'));
    world.move(10 * day);
    await world.sweep();
    expect((await world.read(review, owner)).closedAt).toBe(dueAt);
    world.move(30 * day);
    await world.sweep();
    expect(await reviews()).toBe(1);
  });
});
