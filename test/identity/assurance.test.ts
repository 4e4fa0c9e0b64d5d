import { expect, test } from 'vitest';
import { atLeast, meets, requireAssurance } from '../../src/identity/assurance.ts';
import { acrValuesFor, assuranceFromClaims, parseAssuranceMap } from '../../src/identity/assurance-map.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { Refusal } from '../../src/refusal.ts';

const now = new Date('2026-11-22T12:00:00Z');
const seconds = now.getTime() / 1000;
const map = parseAssuranceMap(
  '{"acr":{"phr":"phishing-resistant","mfa":"multi-factor","pwd-only":"single-factor"},"amr":{"otp":"multi-factor","hwk":"phishing-resistant"}}',
);
const levelOf = (acr: unknown, amr: unknown) => assuranceFromClaims(map, { acr, amr }, now).level;

test.each([
  ['no claims', undefined, undefined, 'single-factor'],
  ['an unknown acr', 'gold', undefined, 'single-factor'],
  ['a known acr', 'mfa', undefined, 'multi-factor'],
  ['a known amr', undefined, ['pwd', 'otp'], 'multi-factor'],
  ['amr as one string', undefined, 'otp', 'multi-factor'],
  ['an unknown amr', undefined, ['pwd', 'sms'], 'single-factor'],
  ['the higher of two', 'mfa', ['hwk'], 'phishing-resistant'],
  ['a low acr beside a high amr', 'pwd-only', ['otp'], 'multi-factor'],
  ['claims of the wrong types', 7, { otp: true }, 'single-factor'],
  ['a list with other things in it', null, [null, 3, ['otp']], 'single-factor'],
  ['a name that every object has', 'constructor', ['__proto__'], 'single-factor'],
  ['another case', 'MFA', ['OTP'], 'single-factor'],
])('%s proves the level that the map gives, and never more', (_name, acr, amr, level) => {
  expect(levelOf(acr, amr)).toBe(level);
});

test.each([
  ['absent', undefined, 0],
  ['zero', 0, 0],
  ['negative', -5, 0],
  ['text', String(seconds), 0],
  ['not finite', Number.POSITIVE_INFINITY, 0],
  ['an hour ahead of us', seconds + 3_600, 0],
  ['a clock a little ahead', seconds + 10, seconds],
  ['an hour ago', seconds - 3_600, seconds - 3_600],
])('auth_time %s is never taken for fresher than known', (_name, auth_time, expected) => {
  const { authenticatedAt } = assuranceFromClaims(map, { auth_time }, now);
  expect(authenticatedAt.getTime()).toBe(expected * 1000);
});

test('without auth_time a demand that has an age is never met, and one without is', () => {
  const assurance = assuranceFromClaims(map, { acr: 'phr' }, now);
  expect(meets(assurance, { level: 'single-factor', maxAgeSeconds: 43_200 }, now)).toBe(false);
  expect(meets(assurance, { level: 'phishing-resistant', maxAgeSeconds: null }, now)).toBe(true);
});

test('a demand is met to the second of its age and no longer', () => {
  const demand = { level: 'multi-factor', maxAgeSeconds: 300 } as const;
  const at = (ago: number) =>
    ({ level: 'multi-factor', authenticatedAt: new Date(now.getTime() - ago) }) as const;
  expect(meets(at(300_000), demand, now)).toBe(true);
  expect(meets(at(300_001), demand, now)).toBe(false);
  expect(meets({ ...at(0), level: 'single-factor' }, demand, now)).toBe(false);
  expect(meets({ ...at(0), level: 'phishing-resistant' }, demand, now)).toBe(true);
});

test('levels have one order', () => {
  expect(atLeast('phishing-resistant', 'multi-factor')).toBe(true);
  expect(atLeast('multi-factor', 'multi-factor')).toBe(true);
  expect(atLeast('single-factor', 'multi-factor')).toBe(false);
});

test('too little is refused with what is required and what is there', () => {
  const caller: Caller = {
    personId: 'prs_1',
    name: null,
    groups: [],
    subject: 'prs_1',
    isAuditor: false,
    isOperator: false,
    assurance: { level: 'single-factor', authenticatedAt: now },
    signInId: 'sgn_1',
    via: 'cli',
    context: { actor: { type: 'person', id: 'prs_1' }, address: null, requestId: null },
  };
  requireAssurance(caller, { level: 'single-factor', maxAgeSeconds: 0 }, now);
  const refused = () => requireAssurance(caller, { level: 'multi-factor', maxAgeSeconds: 60 }, now);
  expect(refused).toThrow(Refusal);
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'insufficient_assurance',
      extra: {
        required: { level: 'multi-factor', maxAgeSeconds: 60 },
        current: { level: 'single-factor', authenticatedAt: now.toISOString() },
      },
    }),
  );
});

test('a step-up asks for every acr value that is strong enough, the weakest first, and for none that is not', () => {
  expect(acrValuesFor(map, 'multi-factor')).toEqual(['mfa', 'phr']);
  expect(acrValuesFor(map, 'phishing-resistant')).toEqual(['phr']);
  expect(acrValuesFor(map, 'single-factor')).toEqual([]);
  expect(acrValuesFor(parseAssuranceMap('{}'), 'multi-factor')).toEqual([]);
});

test.each([
  ['nonsense', 'is not JSON'],
  ['[]', 'must be a JSON object'],
  ['null', 'must be a JSON object'],
  ['{"arc":{}}', '"arc"'],
  ['{"acr":["mfa"]}', '"acr" must be an object'],
  [
    '{"acr":{"mfa":"strong"}}',
    'the level "strong"; levels are single-factor, multi-factor, phishing-resistant',
  ],
  ['{"amr":{"otp":2}}', 'the level 2'],
  ['{"amr":{"a b":"multi-factor"}}', 'without spaces'],
])('ASSURANCE_MAP %s is refused with what is wrong', (text, message) => {
  expect(() => parseAssuranceMap(text)).toThrow(message);
});
