import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pickFrom } from '../../src/catalog/choices.ts';
import { parameterTypes, valueFault } from '../../src/catalog/parameters.ts';
import {
  canonicalDigest,
  entitlementFromTerms,
  entitlementTerms,
  InvalidTermsError,
} from '../../src/catalog/terms.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import { sessionPolicy } from '../../src/broker/session-policy.ts';
import { worstCase } from '../../src/catalog/policy/size.ts';
import { defaultOwnNames } from '../../src/catalog/policy/guards.ts';
import { only, sound } from './sample.ts';
import { sessionChanged, sessionSample } from './session-sample.ts';

const catalog = sound(sessionSample);
const data = only(catalog, 'prod/data');
const pick = (entitlement: Entitlement, choice: string, parameters: Record<string, string> = {}) => {
  const result = pickFrom(entitlement, { choice, parameters });
  return result.ok ? result.entitlement : result.message;
};
const picked = (choice: string, parameters: Record<string, string> = {}) => {
  const result = pick(data, choice, parameters);
  if (typeof result === 'string') throw new Error(result);
  return result;
};

test('a choice is resolved with its values in their places, and is all that is kept', () => {
  const { choice, choices, actions } = picked('one-cluster', { region: 'eu-west-1', cluster: 'web' });
  expect({ choices, actions }).toEqual({ choices: undefined, actions: undefined });
  expect(choice).toEqual({
    name: 'one-cluster',
    description: 'One ECS cluster',
    parameters: { region: 'eu-west-1', cluster: 'web' },
    allow: {
      actions: ['ecs:*'],
      resources: [
        'arn:aws:ecs:eu-west-1:111122223333:*/web/*',
        'arn:aws:ecs:eu-west-1:111122223333:cluster/web',
      ],
    },
  });
  expect(picked('one-team', { team: 'ml' }).choice?.allow.resourceTags).toEqual({ team: ['ml'] });
});

test('without a choice it is the whole entitlement, unless one is demanded', () => {
  const whole = pickFrom(data, null);
  expect(whole.ok && whole.entitlement.choice).toBeUndefined();
  expect(pickFrom(only(catalog, 'prod/parts'), null)).toEqual({
    ok: false,
    message: 'prod/parts is given out in parts only: pick one of its choices, look.',
  });
});

test.each<[string, string, Record<string, string>, RegExp]>([
  [
    'an unknown choice',
    'none',
    {},
    /^prod\/data has no such choice: it has read-only, one-bucket, one-team or one-cluster\.$/,
  ],
  ['a missing value', 'one-bucket', {}, /bucket is missing: Name of the bucket/],
  ['a value too many', 'one-bucket', { bucket: 'logs', key: 'x' }, /it takes bucket, nothing else/],
  ['a value where none is wanted', 'read-only', { bucket: 'logs' }, /it takes no parameters/],
  ['a wildcard', 'one-bucket', { bucket: 'logs*' }, /bucket must be the name of a bucket/],
  ['a question mark', 'one-cluster', { region: 'eu-west-1', cluster: 'we?' }, /cluster must be/],
  ['a value that is not listed', 'one-team', { team: 'ops' }, /team must be one of data or ml/],
  ['a value that is too long', 'one-cluster', { region: 'eu-west-1', cluster: 'x'.repeat(33) }, /at most 32/],
  ['a name of Object.prototype', 'one-bucket', { toString: 'logs' }, /nothing else/],
])('%s is refused and it says what would do', (_name, choice, parameters, message) => {
  expect(pick(data, choice, parameters)).toMatch(message);
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('*', '?', '"', '\\', '$', '{', '}', ':', '\n', '\u0000', '/', ' ', '","'),
      fc.string({ maxLength: 10 }),
    )
    .map(([mark, text]) => `a${text}${mark}b`),
);
const goodValue = fc
  .constantFrom(...Object.entries(parameterTypes))
  .chain(([type, { pattern, inArn }]) => fc.stringMatching(pattern).map((value) => ({ type, inArn, value })));

describe('no value breaks out of its place', () => {
  test('what a type accepts has no wildcard, quote, variable or line break, and in an ARN no colon', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(parameterTypes)), nasty, (type, value) => {
        const fault = valueFault({ name: 'x', type, description: '', values: null, maxLength: 600 }, value);
        if (fault === null) expect(value).not.toMatch(/[*?"\\${}\p{C}]/u);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(goodValue, ({ inArn, value }) => {
        expect(value).not.toMatch(/[*?"\\${}\p{C}]/u);
        if (inArn) expect(value).not.toMatch(/[:\s]/);
      }),
      { numRuns: 1000 },
    );
  });

  test('a policy with any accepted value parses to exactly the resource that was meant', () => {
    fc.assert(
      fc.property(fc.stringMatching(parameterTypes['s3-bucket']?.pattern ?? /x/), (bucket) => {
        const choice = picked('one-bucket', { bucket }).choice;
        const policy = sessionPolicy({
          accessEndsAt: new Date('2026-11-22T12:00:00Z'),
          allowOnward: false,
          allowIamWrite: false,
          allow: choice?.allow,
        });
        const { Statement } = JSON.parse(policy) as { Statement: { Effect: string; Resource: unknown }[] };
        expect(Statement[0]?.Resource).toEqual([`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]);
        expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toHaveLength(1);
      }),
    );
  });
});

test('no picked choice makes a larger policy than what was reckoned when the catalog was loaded', () => {
  const values = fc.record({
    region: fc.constant('eu-west-1'),
    cluster: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/),
  });
  const choice = data.choices?.find(({ name }) => name === 'one-cluster');
  if (choice === undefined) throw new Error('no such choice');
  const { characters } = worstCase(data, choice, defaultOwnNames);
  fc.assert(
    fc.property(values, (parameters) => {
      const { conditions, choice: narrow } = picked('one-cluster', parameters);
      const policy = sessionPolicy({
        accessEndsAt: new Date('2026-11-22T12:00:00Z'),
        allowOnward: false,
        allowIamWrite: false,
        conditions,
        allow: narrow?.allow,
      });
      expect(policy.length).toBeLessThanOrEqual(characters);
    }),
  );
});

describe('terms', () => {
  const digest = (entitlement: Entitlement) => canonicalDigest(entitlementTerms(entitlement));

  test('terms with conditions and a choice read back as the same', () => {
    const narrow = picked('one-team', { team: 'data' });
    const stored: unknown = JSON.parse(JSON.stringify(entitlementTerms(narrow)));
    expect(entitlementFromTerms(stored)).toEqual(narrow);
  });

  test('every choice, value and condition has a digest of its own', () => {
    const all = [
      data,
      picked('read-only'),
      picked('one-bucket', { bucket: 'logs' }),
      picked('one-bucket', { bucket: 'logs2' }),
      only(sound(sessionChanged('tls: true', 'tls: false')), 'prod/data'),
      only(sound(sessionChanged('"08:00"', '"09:00"')), 'prod/data'),
      only(sound(sessionChanged('regions: [eu-west-1]', 'regions: [eu-west-2]')), 'prod/data'),
    ];
    expect(new Set(all.map(digest)).size).toBe(all.length);
  });

  test('another choice than the picked one can be edited without voiding anything, the picked one cannot', () => {
    const other = (text: string) => {
      const result = pickFrom(only(sound(text), 'prod/data'), { choice: 'read-only', parameters: {} });
      if (!result.ok) throw new Error(result.message);
      return digest(result.entitlement);
    };
    expect(other(sessionChanged('"s3:PutObject", ', ''))).toBe(digest(picked('read-only')));
    expect(other(sessionChanged('"dynamodb:GetItem"', '"dynamodb:Query"'))).not.toBe(
      digest(picked('read-only')),
    );
  });

  test('the version of the catalog covers choices, actions and bundles', () => {
    const versions = [
      sessionSample,
      sessionChanged('"dynamodb:GetItem"', '"dynamodb:Query"'),
      sessionChanged('actions: ["s3:*"]', 'actions: ["s3:Get*"]'),
      sessionChanged('data-scientist: [prod/data, test/all]', 'data-scientist: [prod/data]'),
    ].map((text) => sound(text).version);
    expect(new Set(versions).size).toBe(4);
  });

  test('the version does not depend on the order of choices, values and days in the file', () => {
    const start = sessionSample.indexOf('      read-only:');
    const next = sessionSample.indexOf('      one-bucket:');
    const third = sessionSample.indexOf('      one-team:');
    const turned =
      sessionSample.slice(0, start) +
      sessionSample.slice(next, third) +
      sessionSample.slice(start, next) +
      sessionSample.slice(third);
    expect(sound(turned).version).toBe(catalog.version);
    expect(sound(sessionChanged('[data, ml]', '[ml, data]')).version).toBe(catalog.version);
    expect(sound(sessionChanged('[mon, tue,', '[tue, mon,')).version).toBe(catalog.version);
  });

  test.each<[string, (terms: ReturnType<typeof entitlementTerms>) => unknown]>([
    [
      'a resource with a place left in it',
      (terms) => withAllow(terms, { resources: ['arn:aws:s3:::{bucket}'] }),
    ],
    ['a policy variable', (terms) => withAllow(terms, { resources: ['arn:aws:s3:::${aws:username}'] })],
    ['a quote', (terms) => withAllow(terms, { resources: ['arn:aws:s3:::a","b'] })],
    ['no action', (terms) => withAllow(terms, { actions: [] })],
    ['an action that is none', (terms) => withAllow(terms, { actions: ['s3'] })],
    ['an unknown condition', (terms) => ({ ...terms, conditions: { moon: 'full' } })],
    ['an address that is none', (terms) => ({ ...terms, conditions: { addresses: ['everywhere'] } })],
  ])('stored terms with %s are refused', (_name, tamper) => {
    const terms = entitlementTerms(picked('one-bucket', { bucket: 'logs' }));
    expect(() => entitlementFromTerms(tamper(terms))).toThrow(InvalidTermsError);
  });
});

function withAllow(terms: ReturnType<typeof entitlementTerms>, change: object): unknown {
  return { ...terms, choice: { ...terms.choice, allow: { ...terms.choice?.allow, ...change } } };
}
