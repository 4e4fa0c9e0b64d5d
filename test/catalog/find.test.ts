import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findAllowing } from '../../src/catalog/find.ts';
import { globCovers } from '../../src/catalog/policy/glob.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import { only, sound } from './sample.ts';
import { sessionChanged, sessionSample } from './session-sample.ts';

const all = [...sound(sessionSample).entitlements.values()].filter(({ id }) => id !== 'secret/vault');
const find = (action: string, resource: string | null = null, entitlements: readonly Entitlement[] = all) =>
  findAllowing(entitlements, { action, resource }).map(
    ({ entitlement, choice, certainty }) =>
      `${entitlement.id}${choice === null ? '' : `:${choice.name}`} ${certainty}`,
  );

test('from narrow to wide, and it says where the catalog does not know what the role allows', () => {
  expect(find('s3:GetObject')).toEqual([
    'prod/data:one-bucket may-allow',
    'prod/parts:look allows',
    'prod/data:read-only may-allow',
    'prod/data:one-team may-allow',
    'prod/data may-allow',
    'test/all allows',
  ]);
  // What is given out in parts only is never found as a whole.
  expect(find('s3:PutObject')).not.toContainEqual(expect.stringMatching(/^prod\/parts/));
});

test('what a choice does not let through is not found, nor what the role is said not to allow', () => {
  expect(find('ec2:RunInstances')).toEqual([
    'prod/data:one-team may-allow',
    'prod/data may-allow',
    'test/all allows',
  ]);
});

test('what the session policy denies anyway is not to be had, unless the entitlement allows it by name', () => {
  expect(find('iam:CreateUser')).toEqual([]);
  expect(find('sts:AssumeRole')).toEqual([]);
  const open = sound(
    sessionChanged('    choiceRequired: true', '    allowIamWrite: true\n    choiceRequired: true'),
  );
  expect(find('iam:CreateUser', null, [only(open, 'test/all')])).toEqual([]);
  const wide = sound(sessionChanged('    maxDuration: 8h', '    maxDuration: 8h\n    allowIamWrite: true'));
  expect(find('iam:CreateUser', null, [only(wide, 'test/all')])).toEqual(['test/all allows']);
});

test('a choice and what the role is said to allow can disagree: then it may', () => {
  const source = sessionChanged('actions: ["s3:*"]', 'actions: ["ec2:*"]');
  expect(find('s3:GetObject', null, [only(sound(source), 'prod/parts')])).toEqual([
    'prod/parts:look may-allow',
  ]);
});

test('a resource rules out what cannot reach it, and gives away the values to fill in', () => {
  expect(find('ecs:UpdateService', 'arn:aws:ecs:eu-west-1:444455556666:service/web/api')).not.toContainEqual(
    expect.stringMatching(/one-cluster/),
  );
  const [first] = findAllowing(all, {
    action: 'ecs:UpdateService',
    resource: 'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
  });
  expect(first?.choice?.name).toBe('one-cluster');
  expect(first?.values).toEqual({ region: 'eu-west-1', cluster: 'web' });
  const [bucket] = findAllowing(all, { action: 's3:PutObject', resource: 'arn:aws:s3:::logs/2026/x' });
  expect(bucket?.values).toEqual({ bucket: 'logs' });
});

test('what contains another never comes before it', () => {
  const pattern = fc.constantFrom(
    's3:*',
    's3:Get*',
    's3:GetObject',
    's3:G*',
    's3:GetObjectAcl',
    'ec2:*',
    '*',
  );
  const lists = fc.array(fc.uniqueArray(pattern, { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 5,
  });
  const base = only(sound(sessionSample), 'test/all');
  fc.assert(
    fc.property(lists, (actions) => {
      const entitlements = actions.map((each, index) => ({ ...base, id: `test/e${index}`, actions: each }));
      const order = findAllowing(entitlements, { action: 's3:GetObject', resource: null });
      const covers = (a: readonly string[], b: readonly string[]) =>
        b.every((inner) => a.some((outer) => globCovers(outer, inner)));
      for (const [index, { entitlement }] of order.entries()) {
        for (const later of order.slice(index + 1)) {
          const [mine, theirs] = [entitlement.actions ?? [], later.entitlement.actions ?? []];
          if (covers(mine, theirs)) expect(covers(theirs, mine)).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
