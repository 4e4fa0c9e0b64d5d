import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Approval, openStep, quorumReached, type Round, tally } from '../../src/approvals/quorum.ts';
import { candidateFor } from '../../src/approvals/turn.ts';
import type { Principal } from '../../src/approvals/principal.ts';
import type { Step, Subject } from '../../src/catalog/types.ts';

const start = Date.parse('2026-11-22T09:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

function person(id: string, over: Partial<Subject> = {}): Subject {
  return { personId: id, groups: [], subject: `sub-${id}`, onCall: [], ...over };
}

function approval(
  reviewer: Subject,
  seconds = 1,
  principal: Subject | null = null,
  handed: Principal['handed'] = null,
): Approval {
  return {
    reviewer,
    principal: principal === null ? null : { ...principal, delegation: 'dlg', handed },
    at: at(seconds),
    parts: null,
  };
}

function round(steps: readonly Step[], over: Partial<Round> = {}): Round {
  return {
    entitlements: [{ id: 'prod/admin', approve: { steps } }],
    skipped: {},
    byRule: {},
    parties: { ids: ['rae'], subjects: ['sub-rae'], manager: 'sub-mo' },
    askedAt: at(0),
    ...over,
  };
}

const step = (name: string, who: Step['who'], over: Partial<Step> = {}): Step => ({
  name,
  who,
  count: 1,
  ...over,
});
const counted = (asked: Round, approvals: readonly Approval[]) =>
  tally(asked, approvals).map(({ steps }) => steps.map((one) => one.counted));
const reached = (asked: Round, approvals: readonly Approval[]) => quorumReached(tally(asked, approvals));

describe('quorum', () => {
  test('one person in two groups, or listed twice, counts once', () => {
    const two = round([step('a', { groups: ['approvers', 'others'] }, { count: 2 })]);
    const twice = person('b', { groups: ['approvers', 'others'] });
    const again = [approval(twice), approval(twice, 2), approval({ ...twice, groups: ['others'] }, 3)];
    expect(reached(two, again)).toBe(false);
    expect(reached(two, [...again, approval(person('c', { groups: ['others'] }), 4)])).toBe(true);
  });

  test('the requester and people outside the rule never count', () => {
    const two = round([step('a', { groups: ['approvers'] }, { count: 2 })]);
    const approvals = [
      approval(person('rae', { groups: ['approvers'] })),
      approval(person('b', { groups: ['engineers'] })),
      approval(person('c', { groups: ['approvers'] })),
    ];
    expect(counted(two, approvals)).toEqual([[['c']]]);
    expect(reached(two, approvals)).toBe(false);
  });

  test('who asked for somebody else never counts either', () => {
    const asked = round([step('a', { groups: ['approvers'] })], {
      parties: { ids: ['rae', 'ash'], subjects: ['sub-rae', 'sub-ash'], manager: null },
    });
    expect(reached(asked, [approval(person('ash', { groups: ['approvers'] }))])).toBe(false);
  });

  test('a rule that counts to zero, one without steps, and a request for nothing, are never met by nobody', () => {
    expect(reached(round([step('a', { groups: ['approvers'] }, { count: 0 })]), [])).toBe(false);
    expect(reached(round([]), [])).toBe(false);
    expect(reached(round([], { entitlements: [] }), [])).toBe(false);
  });

  test('steps are taken in order, and one person counts once in all of them', () => {
    const asked = round([step('lead', { groups: ['leads'] }), step('security', { groups: ['security'] })]);
    const both = person('b', { groups: ['leads', 'security'] });
    const sec = person('s', { groups: ['security'] });
    expect(counted(asked, [approval(sec)])).toEqual([[[], []]]);
    expect(counted(asked, [approval(both), approval(both, 2)])).toEqual([[['b'], []]]);
    expect(counted(asked, [approval(both), approval(sec, 2)])).toEqual([[['b'], ['s']]]);
    expect(candidateFor(asked, [], { ...sec, principals: [] }, at(1))).toBeNull();
    expect(candidateFor(asked, [approval(both)], { ...sec, principals: [] }, at(2))).not.toBeNull();
  });

  test('when an earlier step falls, the later one waits, whatever was answered there', () => {
    const asked = round([step('lead', { groups: ['leads'] }), step('security', { groups: ['security'] })]);
    const left = person('l', { groups: [] });
    const [one] = tally(asked, [approval(left), approval(person('s', { groups: ['security'] }), 2)]);
    expect(one?.steps.map(({ counted: who, since }) => [who, since === null])).toEqual([
      [[], false],
      [[], true],
    ]);
  });

  test('all means every named person but those it is about, and never nobody', () => {
    const asked = (people: string[]) => round([step('all', { people }, { count: 'all' })]);
    const [b, c] = [approval(person('b')), approval(person('c'), 2)];
    expect(reached(asked(['sub-b', 'sub-c', 'sub-rae']), [b])).toBe(false);
    expect(reached(asked(['sub-b', 'sub-c', 'sub-rae']), [b, c])).toBe(true);
    expect(reached(asked(['sub-rae']), [])).toBe(false);
  });

  test('the manager of whose access it is, and who was on call when they answered, can be meant', () => {
    const manager = round([step('m', { manager: true })]);
    expect(reached(manager, [approval(person('mo'))])).toBe(true);
    expect(reached(manager, [approval(person('other'))])).toBe(false);
    expect(
      reached({ ...manager, parties: { ...manager.parties, manager: null } }, [approval(person('mo'))]),
    ).toBe(false);
    const called = round([step('c', { onCall: ['primary'] })]);
    expect(reached(called, [approval(person('b', { onCall: ['primary'] }))])).toBe(true);
    expect(reached(called, [approval(person('b', { onCall: ['ops'] }))])).toBe(false);
  });

  test('an escalation lets in more people once it is due, counted from when the turn of the step came', () => {
    const escalate = { afterSeconds: 600, who: { groups: ['directors'] } };
    const asked = round([
      step('lead', { groups: ['leads'] }),
      step('b', { groups: ['security'] }, { escalate }),
    ]);
    const lead = approval(person('l', { groups: ['leads'] }), 300);
    const director = person('d', { groups: ['directors'] });
    expect(reached(asked, [lead, approval(director, 899)])).toBe(false);
    expect(reached(asked, [lead, approval(director, 900)])).toBe(true);
  });

  test('a right that was handed over counts as that of its owner, once, and only where the step lets it be', () => {
    const owner = person('o', { groups: ['approvers'] });
    const delegate = person('d', { groups: ['deputies'] });
    const who = { groups: ['approvers'] };
    const closed = round([step('a', who)]);
    const open = round([step('a', who, { delegates: { groups: ['deputies'] }, count: 2 })]);
    expect(reached(closed, [approval(delegate, 1, owner)])).toBe(false);
    expect(counted(open, [approval(delegate, 1, owner), approval(owner, 2)])).toEqual([[['o']]]);
    expect(counted(open, [approval(owner), approval(delegate, 2, owner)])).toEqual([[['o']]]);
    expect(counted(open, [approval(person('x'), 1, owner)])).toEqual([[[]]]);
    expect(counted(open, [approval(delegate, 1, owner, ['prod/*'])])).toEqual([[['o']]]);
    for (const handed of [[], ['stage/*'], ['prod'], ['admin'], ['prod/adm']]) {
      expect(counted(open, [approval(delegate, 1, owner, handed)]), handed.join()).toEqual([[[]]]);
    }
    const requester = person('rae', { groups: ['approvers'] });
    expect(counted(open, [approval(delegate, 1, requester)])).toEqual([[[]]]);
  });

  test('steps that are not demanded are left out, but never all of them', () => {
    const steps = [step('lead', { groups: ['leads'] }), step('security', { groups: ['security'] })];
    const lead = approval(person('l', { groups: ['leads'] }));
    expect(reached(round(steps, { skipped: { 'prod/admin': ['security'] } }), [lead])).toBe(true);
    expect(reached(round(steps, { skipped: { 'prod/admin': ['lead', 'security'] } }), [lead])).toBe(false);
  });

  test('a rule of the catalog approves its own entitlement and no other', () => {
    const steps = [step('a', { groups: ['approvers'] })];
    const both = round(steps, {
      entitlements: [
        { id: 'prod/admin', approve: { steps } },
        { id: 'prod/logs', approve: { steps } },
      ],
      byRule: { 'prod/logs': 'prod/logs#rules.short' },
    });
    expect(reached(both, [])).toBe(false);
    expect(reached(both, [approval(person('b', { groups: ['approvers'] }))])).toBe(true);
  });

  test('more approvals never make less of it, and nobody is counted twice, whatever the rule', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'rae', 'mo');
    const groups = fc.subarray(['leads', 'security']);
    const people = fc
      .record({ id: name, groups })
      .map(({ id, groups: theirs }) => person(id, { groups: theirs }));
    const steps = fc.array(
      fc.record({
        who: fc.oneof(
          fc.constantFrom<Step['who']>({ groups: ['leads'] }, { groups: ['security'] }, { manager: true }),
        ),
        count: fc.integer({ min: 1, max: 3 }),
        delegates: fc.constant<Step['who']>({ groups: ['leads'] }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const approvals = fc.array(fc.tuple(people, fc.option(people), fc.integer({ min: 1, max: 50 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(steps, approvals, (some, given) => {
        const asked = round(some.map((one, i) => ({ ...one, name: `s${i}` })));
        const all = given.map(([reviewer, principal, seconds]) => approval(reviewer, seconds, principal));
        const seats = tally(asked, all).flatMap(({ steps: each }) => each.flatMap((one) => one.counted));
        expect(new Set(seats).size).toBe(seats.length);
        expect(seats).not.toContain('rae');
        const [one] = tally(asked, all);
        const open = one === undefined ? null : openStep(one);
        expect(reached(asked, all)).toBe(open === null);
      }),
    );
  });
});
