import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Denied,
  maxDocumentCharacters,
  planBoundary,
  readDocument,
  sameDocument,
} from '../../../src/broker/boundary/document.ts';
import type { JsonObject } from '../../../src/audit/leaf.ts';
import { evaluate } from '../../../dev/aws/iam/evaluate.ts';
import { parsePolicy } from '../../../dev/aws/iam/policy.ts';

/** A policy with these statements of others in it. */
const beside = (...others: JsonObject[]) => ({ head: { Version: '2012-10-17' }, others });
const allow = { Sid: 'Base', Effect: 'Allow', Action: '*', Resource: '*' } as const;
const start = Date.parse('2026-11-22T10:00:00Z');
const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

function roleDeny(index: number, changes: Partial<Extract<Denied, { kind: 'role' }>> = {}): Denied {
  const code = index.toString(32).padStart(8, '0');
  return {
    kind: 'role',
    grantId: `grt_${code}`,
    code,
    roleArn: role('admin'),
    roleWideAllowed: false,
    createdAt: new Date(start + index * 1000),
    lapsesAt: new Date(start + 3_600_000 + index * 1000),
    confirmed: false,
    ...changes,
  };
}

/** Does the document deny a session of this grant, lent at this time? */
function denies(document: string, session: { code: string; roleArn: string; issuedAt: Date }): boolean {
  const decision = evaluate(
    {
      action: 's3:ListAllMyBuckets',
      resource: '*',
      context: {
        'aws:PrincipalTag/daypass:code': session.code,
        'aws:PrincipalArn': session.roleArn,
        'aws:TokenIssueTime': session.issuedAt.toISOString().slice(0, 19) + 'Z',
      },
    },
    {
      identity: [parsePolicy({ Version: '2012-10-17', Statement: [allow] }, 'identity')],
      boundary: parsePolicy(document, 'identity'),
    },
  );
  return !decision.allowed;
}

test('exactly the ended grants are denied, in a document that AWS takes, whatever was ended in whatever order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 300 }), (ended) => {
      const denied = ended.map((index) => roleDeny(index));
      const plan = planBoundary(beside(allow), denied);
      expect(plan.document).toBe(planBoundary(beside(allow), denied.toReversed()).document);
      expect(plan.document.length).toBeLessThanOrEqual(maxDocumentCharacters);
      expect(plan.left).toEqual([]);
      const issuedAt = new Date(start);
      for (const index of [...ended.slice(0, 5), 6000, 6001]) {
        const code = index.toString(32).padStart(8, '0');
        expect(denies(plan.document, { code, roleArn: role('admin'), issuedAt })).toBe(ended.includes(index));
      }
    }),
    { numRuns: 50 },
  );
});

test('past the capacity nothing that was confirmed makes room, then what lapses last stays', () => {
  const denied = Array.from({ length: 800 }, (_, index) => roleDeny(index, { confirmed: index < 10 }));
  const plan = planBoundary(beside(allow), denied);
  expect(plan.document.length).toBeLessThanOrEqual(maxDocumentCharacters);
  expect(plan.means.size + plan.left.length).toBe(800);
  // Some 500 grants find room.
  expect(plan.means.size).toBeGreaterThan(500);
  for (let index = 0; index < 10; index++)
    expect(plan.means.has(`grt_${index.toString(32).padStart(8, '0')}`)).toBe(true);
  expect(plan.left).not.toContain(denied[799]?.grantId);
  expect(plan.left).toContain(denied[10]?.grantId);
});

test('past the capacity a role whose grants all allow it is denied as a whole, up to the newest end and no later', () => {
  const open = Array.from({ length: 600 }, (_, index) => roleDeny(index, { roleWideAllowed: true }));
  const closed = Array.from({ length: 50 }, (_, index) =>
    roleDeny(1000 + index, { roleArn: role('reader') }),
  );
  const plan = planBoundary(beside(allow), [...open, ...closed]);
  expect(plan.left).toEqual([]);
  expect(new Set(open.map((one) => plan.means.get(one.grantId)))).toEqual(new Set(['role']));
  expect(new Set(closed.map((one) => plan.means.get(one.grantId)))).toEqual(new Set(['grant']));
  const newest = start + 599_000;
  const session = (roleArn: string, at: number) => ({ code: 'zzzzzzzz', roleArn, issuedAt: new Date(at) });
  expect(denies(plan.document, session(role('admin'), newest))).toBe(true);
  expect(denies(plan.document, session(role('admin'), newest + 10_000))).toBe(false);
  expect(denies(plan.document, session(role('reader'), newest))).toBe(false);
});

test('one grant that does not allow it keeps its role from being denied as a whole', () => {
  const denied = Array.from({ length: 600 }, (_, index) => roleDeny(index, { roleWideAllowed: index !== 7 }));
  const plan = planBoundary(beside(allow), denied);
  expect([...plan.means.values()]).not.toContain('role');
  expect(plan.left.length).toBeGreaterThan(0);
});

test('what is not Daypass’s survives, and what is Daypass’s is found again', () => {
  const theirs = {
    Effect: 'Deny',
    Action: ['ec2:*'],
    Resource: '*',
    Condition: { Bool: { 'aws:ViaAWSService': 'false' } },
  };
  const { document } = planBoundary(beside(allow, theirs), [roleDeny(1), roleDeny(2)], {
    codes: ['keepkeep'],
    statements: [],
  });
  const read = readDocument(JSON.stringify(JSON.parse(document), null, 4));
  expect(read.others).toEqual([allow, theirs]);
  expect(read.codes).toEqual(['00000001', '00000002', 'keepkeep']);
  expect(sameDocument(document, JSON.stringify(JSON.parse(document), null, 2))).toBe(true);
});

test('a policy that others have filled is not written', () => {
  const theirs = { Effect: 'Deny', Action: `ec2:${'x'.repeat(6200)}`, Resource: '*' };
  expect(planBoundary(beside(allow, theirs), [roleDeny(1)])).toMatchObject({
    document: '',
    left: ['grt_00000001'],
  });
});

test.each(['', 'null', '{}', '{"Statement":[]}', '{"Statement":["x"]}', '[1]'])(
  'a document that cannot be read stops the writing: %s',
  (text) => {
    expect(() => readDocument(text)).toThrow();
  },
);

function portalDeny(index: number, changes: Partial<Extract<Denied, { kind: 'portal' }>> = {}): Denied {
  return {
    kind: 'portal',
    grantId: `grt_p${index}`,
    principalId: `9067642ac7-${String(index).padStart(36, '0')}`,
    roleArnPattern: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_ReadOnly_${'?'.repeat(16)}`,
    issuedBefore: new Date(start + index * 1000),
    createdAt: new Date(start),
    lapsesAt: new Date(start + 43_200_000),
    confirmed: false,
    ...changes,
  };
}

test('grants of one person on one permission set are one deny, and people of one permission set share statements when room is short', () => {
  const again = Array.from({ length: 40 }, (_, index) =>
    portalDeny(index, { principalId: 'one-person', issuedBefore: new Date(start + index * 60_000) }),
  );
  const once = planBoundary(beside(allow), again);
  expect(once.left).toEqual([]);
  expect(once.document.match(/Portal/g)).toHaveLength(1);
  expect(once.document).toContain(new Date(start + 39 * 60_000).toISOString().slice(0, 19));
  const people = planBoundary(
    beside(allow),
    Array.from({ length: 55 }, (_, index) => portalDeny(index)),
  );
  expect(people.left).toEqual([]);
});

test('where long denies fill the policy, short ones still find the room that is left', () => {
  const portal = Array.from({ length: 30 }, (_, index) =>
    portalDeny(index, { issuedBefore: new Date(start + index * 3_600_000), confirmed: true }),
  );
  const plan = planBoundary(beside(allow), [...portal, roleDeny(1)]);
  expect(plan.left.length).toBeGreaterThan(0);
  expect(plan.means.has('grt_00000001')).toBe(true);
});

test('statements that only bear such a name belong to somebody else', () => {
  const theirs = [
    { Sid: 'DaypassEndedContractors', Effect: 'Deny', Action: 's3:*', Resource: '*' },
    { Sid: 'DaypassEndedGrants', Effect: 'Allow', Action: '*', Resource: '*' },
    { Sid: 'DaypassEndedRole1', Effect: 'Deny', Action: '*', Resource: '*' },
  ];
  const text = JSON.stringify({ Version: '2008-10-17', Id: 'theirs', Statement: theirs });
  const current = readDocument(text);
  expect(current.others).toEqual(theirs);
  const { document } = planBoundary(current, [roleDeny(1)]);
  const { Statement: statements, ...head } = JSON.parse(document) as { Statement: { Sid: string }[] };
  expect(head).toEqual({ Version: '2008-10-17', Id: 'theirs' });
  expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(4);
  expect(readDocument(document).codes).toEqual(['00000001']);
  expect(readDocument(document).others).toEqual(theirs);
});
