import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getOffer } from '../../src/approvals/get-offer.ts';
import { listOffers } from '../../src/approvals/list-offers.ts';
import { objectionTo } from '../../src/approvals/still-approved.ts';
import { systemContext } from '../../src/audit/event.ts';
import { listEligibilityReviews } from '../../src/eligibility/list-reviews.ts';
import { callerOf, refusalOf, type TestPerson } from '../approvals/world.ts';
import { catalogText, day, type EligibilityWorld, startEligibilityWorld } from './world.ts';

let world: EligibilityWorld;
let engineer: TestPerson;
let owner: TestPerson;
/** An owner who may ask, too. */
let both: TestPerson;
let approver: TestPerson;
let review: string;
beforeEach(async () => {
  world = await startEligibilityWorld();
  engineer = await world.person('Erin', ['engineers']);
  owner = await world.person('Olga', ['owners']);
  both = await world.person('Bo', ['owners', 'engineers']);
  approver = await world.person('Aron', ['approvers']);
  review = await world.open();
});
afterEach(() => world.stop());

const as = (person: TestPerson) => callerOf(person, world.now());
const rule = 'prod/admin#reviewEvery';

/** What being dropped comes to. */
async function expectDropped(person: TestPerson) {
  const refusal = await refusalOf(world.ask(person));
  expect(refusal).toMatchObject({ code: 'forbidden', extra: { rule } });
  expect(refusal.message).toContain('elr_');
  expect(await getOffer(world.deps, as(person), 'prod/admin')).toMatchObject({
    mayAsk: false,
    rule,
    dropped: { review: expect.stringMatching(/^elr_/) },
  });
  // Of nothing else.
  expect(await world.ask(person, { entitlements: ['prod/free'] })).toMatchObject({ state: 'pending' });
}
async function expectKept(person: TestPerson) {
  expect(await world.ask(person)).toMatchObject({ state: 'pending' });
  expect(await getOffer(world.deps, as(person), 'prod/admin')).toMatchObject({ mayAsk: true, dropped: null });
}

describe('an answer', () => {
  test('to drop somebody holds at once, and one to keep them ends it; each has its event, with ids only', async () => {
    await expectKept(engineer);
    const dropped = await world.answerFor(owner, review, engineer, 'drop');
    expect(dropped).toMatchObject({
      person: { id: engineer.id },
      decision: 'drop',
      decidedBy: { id: owner.id },
    });
    await expectDropped(engineer);
    await world.answerFor(owner, review, engineer, 'keep');
    await expectKept(engineer);
    expect(await world.events(review)).toEqual([
      { kind: 'eligibility.opened', subject: null },
      { kind: 'eligibility.dropped', subject: engineer.id },
      { kind: 'eligibility.kept', subject: engineer.id },
    ]);
    expect(await world.count(`audit_events WHERE kind LIKE 'eligibility.%' AND leaf ~ 'Erin|Olga'`)).toBe(0);
  });

  test('lapses when nobody gives it until the review is due', async () => {
    await world.answerFor(owner, review, both, 'keep');
    world.move(10 * day);
    await world.sweep();
    await expectDropped(engineer);
    await expectKept(both);
    expect((await world.read(review, owner)).counts).toMatchObject({ kept: 1, lapsed: 1, unanswered: 0 });
  });

  test('can be changed when the review is closed: an owner keeps whoever lapsed', async () => {
    world.move(10 * day);
    await world.sweep();
    await expectDropped(engineer);
    await world.answerFor(owner, review, engineer, 'keep');
    await expectKept(engineer);
  });

  test('is asked for anew in the next review, also of those who were dropped; the old one takes none any more', async () => {
    await world.answerFor(owner, review, engineer, 'drop');
    const next = await world.open();
    expect(next).not.toBe(review);
    await expectDropped(engineer);
    expect(await refusalOf(world.answerFor(owner, review, engineer, 'keep'))).toMatchObject({
      code: 'conflict',
      extra: { review: next },
    });
    await world.answerFor(owner, next, engineer, 'keep');
    await expectKept(engineer);
    const { rows } = await world.root.query(
      'SELECT review_id, ended_by_review FROM eligibility_drops WHERE person_id = $1',
      [engineer.id],
    );
    expect(rows).toEqual([{ review_id: review, ended_by_review: next }]);
  });

  test('given twice at once stands once', async () => {
    await Promise.all([
      world.answerFor(owner, review, engineer, 'drop'),
      world.answerFor(both, review, engineer, 'drop'),
    ]);
    expect(await world.count('eligibility_drops WHERE person_id = $1', [engineer.id])).toBe(1);
    await expectDropped(engineer);
  });
});

describe('who answers', () => {
  test('is an owner, and never about themselves', async () => {
    expect(await refusalOf(world.answerFor(both, review, both, 'keep'))).toMatchObject({
      code: 'forbidden',
      extra: { rule: 'nobody-keeps-themselves' },
    });
    await world.answerFor(owner, review, both, 'keep');
    await world.answerFor(both, review, engineer, 'keep');
  });

  test('is nobody else: to others there is no review, to operators and auditors it is one to read', async () => {
    for (const person of [engineer, approver]) {
      expect((await refusalOf(world.answerFor(person, review, both, 'keep'))).code).toBe('not_found');
      expect((await refusalOf(world.read(review, person))).code).toBe('not_found');
      expect((await listEligibilityReviews(world.deps, as(person))).items).toEqual([]);
    }
    for (const role of [{ isOperator: true }, { isAuditor: true }]) {
      const caller = { ...as(approver), ...role };
      expect((await listEligibilityReviews(world.deps, caller)).items).toMatchObject([
        { id: review, mayAnswer: false },
      ]);
      const refused = world.answerFor(approver, review, engineer, 'keep', role);
      expect(await refusalOf(refused)).toMatchObject({ code: 'forbidden', extra: { rule } });
    }
    expect((await listEligibilityReviews(world.deps, as(owner), { open: true })).items).toMatchObject([
      { id: review, mayAnswer: true, counts: { people: 2, unanswered: 2 } },
    ]);
    expect((await listEligibilityReviews(world.deps, as(owner), { open: false })).items).toEqual([]);
  });

  test('is proven as strongly as whoever approves', async () => {
    const assurance = { level: 'single-factor', authenticatedAt: world.now() } as const;
    const refused = world.answerFor(owner, review, engineer, 'drop', { assurance });
    expect((await refusalOf(refused)).code).toBe('insufficient_assurance');
  });

  test('is an owner by the groups as stored now, and active', async () => {
    await world.root.query(`UPDATE people SET groups = '{others}' WHERE id = $1`, [owner.id]);
    expect((await refusalOf(world.answerFor(owner, review, engineer, 'keep'))).code).toBe('not_found');
    await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [both.id]);
    expect((await refusalOf(world.answerFor(both, review, engineer, 'keep'))).code).toBe('forbidden');
  });

  test('answers for people in the review only', async () => {
    expect((await refusalOf(world.answerFor(owner, review, approver, 'keep'))).code).toBe('not_found');
  });
});

describe('whoever is dropped', () => {
  test('is not approved what they asked for before; it can be denied', async () => {
    const asked = await world.ask(engineer);
    await world.answerFor(owner, review, engineer, 'drop');
    expect(await refusalOf(world.answer(approver, asked))).toMatchObject({
      code: 'not_possible',
      extra: { rule },
    });
    expect(await world.answer(approver, asked, 'deny')).toMatchObject({ state: 'denied' });
  });

  test('is not asked for by a colleague', async () => {
    await world.answerFor(owner, review, engineer, 'drop');
    expect((await refusalOf(world.ask(both, { for: engineer.id }))).code).toBe('invalid_input');
  });

  test('keeps what lives; what was approved and has not begun is not made any more', async () => {
    const asked = await world.ask(engineer);
    const { grants } = await world.answer(approver, asked);
    await world.answerFor(owner, review, engineer, 'drop');
    expect(await world.count('grants WHERE id = $1 AND ended_because IS NULL', [grants[0]?.id])).toBe(1);
    const objection = await world.deps.transact(systemContext, (work) =>
      objectionTo(world.deps, work, { requestId: asked.id ?? '', entitlement: 'prod/admin' }),
    );
    expect(objection).toContain(rule);
  });

  test('either is approved before they are dropped, or not at all', async () => {
    const asked = await world.ask(engineer);
    const [approval, drop] = await Promise.allSettled([
      world.answer(approver, asked),
      world.answerFor(owner, review, engineer, 'drop'),
    ]);
    expect(drop.status).toBe('fulfilled');
    const approved = await world.count(`requests WHERE id = $1 AND state = 'approved'`, [asked.id]);
    expect(approved).toBe(approval.status === 'fulfilled' ? 1 : 0);
  });

  test('stays so when the catalog stops reviewing: nothing comes back by itself', async () => {
    await world.answerFor(owner, review, engineer, 'drop');
    await world.use(catalogText.replace(/ {4}(reviewEvery|reviewWithin|unusedAfter): .*\n/g, ''));
    await world.sweep();
    await expectDropped(engineer);
  });
});

test('pages of people and of reviews follow each other without a gap', async () => {
  const { getEligibilityReview } = await import('../../src/eligibility/get-review.ts');
  const first = await getEligibilityReview(world.deps, as(owner), { id: review, limit: 1 });
  expect(first.items.map(({ person }) => person.name)).toEqual(['Erin']);
  const cursor = first.next ?? '';
  const second = await getEligibilityReview(world.deps, as(owner), { id: review, limit: 1, cursor });
  expect(second.items.map(({ person }) => person.name)).toEqual(['Bo']);
  expect(second.next).toBeNull();
  await world.answerFor(owner, review, engineer, 'keep');
  const left = await getEligibilityReview(world.deps, as(owner), { id: review, unanswered: true });
  expect(left.items.map(({ person }) => person.name)).toEqual(['Bo']);
  const next = await world.open();
  const newest = await listEligibilityReviews(world.deps, as(owner), { limit: 1 });
  expect(newest.items.map(({ id }) => id)).toEqual([next]);
  const older = await listEligibilityReviews(world.deps, as(owner), { limit: 1, cursor: newest.next ?? '' });
  expect(older.items.map(({ id }) => id)).toEqual([review]);
  const strange = Buffer.from(`req_${'0'.repeat(26)}`).toString('base64url');
  const refused = listEligibilityReviews(world.deps, as(owner), { cursor: strange });
  expect((await refusalOf(refused)).code).toBe('invalid_input');
});

test('a list of what may be asked for takes the same few statements, however many entitlements there are', async () => {
  const statements = async () => {
    let count = 0;
    const client = world.deps.db.$client;
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        count += 1;
        return query(...args);
      },
    });
    await listOffers(world.deps, as(engineer));
    Object.assign(client, { query });
    return count;
  };
  const few = await statements();
  const one = catalogText.slice(catalogText.indexOf('  prod/free:'));
  const many = Array.from({ length: 50 }, (_, n) => one.replaceAll('free', `free-${n}`)).join('');
  await world.use(catalogText + many);
  expect(await statements()).toBe(few);
  expect(few).toBeLessThanOrEqual(3);
});
