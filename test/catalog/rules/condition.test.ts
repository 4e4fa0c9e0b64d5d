import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCondition, holds } from '../../../src/catalog/rules/condition.ts';
import { at, facts } from './facts-sample.ts';

const answer = (source: string, of = facts) => {
  expect(checkCondition(source)).toMatchObject({ ok: true });
  const found = holds(source, of);
  return found.answer === 'unknown' ? found.reason : found.answer;
};
const fault = (source: string) => {
  const checked = checkCondition(source);
  return checked.ok ? 'nothing' : checked.message;
};

test.each([
  'requester.id == "usr_1" && requester.subject == "00u1" && !requester.outside',
  '"engineers" in requester.groups',
  'requester.groups.exists(g, g.startsWith("ops-"))',
  'requester.groups.exists_one(g, g.startsWith("ops-"))',
  'requester.groups.all(g, g.size() > 3)',
  'requester.groups.filter(g, g.endsWith("-eu")).size() == 1',
  'size(requester.groups) == 2',
  'entitlement.id.startsWith("prod/") && entitlement.target == "role" && entitlement.choice == ""',
  'entitlement.account.id == "111122223333" && entitlement.account.name == "prod"',
  'entitlement.account.ou.startsWith("/root/")',
  'entitlement.account.tags.env == "production"',
  'entitlement.account.tags["cost-center"] == "42"',
  'has(entitlement.account.tags.env) && !has(entitlement.account.tags.team)',
  '"env" in entitlement.account.tags',
  'entitlement.account.tags.exists(key, key.startsWith("cost"))',
  'durationSeconds <= 900 && duration <= duration("15m") && duration > duration("0.2h")',
  'durationSeconds / 60 * 2 - 1 == 29 && durationSeconds % 7 == 4',
  'duration.getMinutes() == 15',
  'reason.contains("stuck") && reason.lowerAscii().startsWith("the ") && reason.trim() != ""',
  'ticket != "" && looksLike(ticket, "INC-[0-9]{1,8}")',
  '!breakGlass',
  'now < startsAt && startsAt - now == duration("30m")',
  'now >= timestamp("2026-01-12T08:30:00Z") && now < timestamp("2026-01-12T10:00:00+01:00")',
  'now.getHours() == 8 && now.getDayOfWeek() == 1 && now.getDate() == 12 && now.getMonth() == 0',
  'weekday(now, "Europe/Berlin") == "mon" && weekday(now, "Europe/Berlin") in ["mon", "tue"]',
  'timeOfDay(now, "Europe/Berlin") == "09:30" && timeOfDay(startsAt, "UTC") >= "09:00"',
  'date(now, "Europe/Berlin") >= "2026-01-12"',
  'atLeast(assurance.level, "multi-factor") && !atLeast(assurance.level, "phishing-resistant")',
  'assurance.level == "multi-factor" && assurance.ageSeconds < 300',
  'inNetwork(address, "203.0.113.0/24") && !inNetwork(address, "2001:db8::/32")',
  'onCall.primary && !onCall.secondary && onCall["primary"]',
  'durationSeconds > 60 ? ticket == "INC-42" : false',
  '// why\ntrue',
])('holds: %s', (source) => {
  expect(answer(source)).toBe('yes');
});

describe('what is not known', () => {
  test('a schedule that cannot be read is neither on call nor not', () => {
    expect(answer('onCall.third')).toBe('the on-call schedule third cannot be read');
    expect(answer('!onCall["third"]')).toBe('the on-call schedule third cannot be read');
    expect(answer('onCall.third ? true : true')).toBe('the on-call schedule third cannot be read');
    expect(answer('requester.groups.exists(g, onCall.third)')).toContain('third cannot be read');
  });

  test('it decides nothing where the answer does not hang on it', () => {
    expect(answer('onCall.third || durationSeconds <= 900')).toBe('yes');
    expect(answer('durationSeconds > 900 && onCall.third')).toBe('no');
    expect(answer('onCall.third && durationSeconds > 900')).toBe('no');
  });

  test('an address that is not known is in no network and outside none', () => {
    const nowhere = { ...facts, address: '' };
    const reason = 'the network address of the request is not known';
    expect(answer('inNetwork(address, "203.0.113.0/24")', nowhere)).toBe(reason);
    expect(answer('!inNetwork(address, "203.0.113.0/24")', nowhere)).toBe(reason);
    expect(answer('address == ""', nowhere)).toBe(reason);
    expect(answer('inNetwork(address, "203.0.113.0/24")', { ...facts, address: 'localhost' })).toContain(
      'is no network address',
    );
  });

  test('a tag that is not there, a level that is none, a text too long to match, a number too large', () => {
    expect(answer('entitlement.account.tags.team == "a"')).toBe("the account has no tag 'team'");
    expect(answer('entitlement.account.tags.constructor == "a"')).toBe(
      "the account has no tag 'constructor'",
    );
    const odd = { ...facts, assurance: { level: 'strong', ageSeconds: 1 } };
    expect(answer('!atLeast(assurance.level, "multi-factor")', odd)).toContain('no assurance level');
    const long = { ...facts, reason: 'x'.repeat(101) };
    expect(answer('looksLike(reason, "x+")', long)).toContain('more than 100 characters');
    expect(answer('durationSeconds * 9223372036854775807 > 0')).toContain('integer overflow');
    expect(answer('durationSeconds / 0 > 0')).toContain('division by zero');
    expect(answer('requester.groups[7] == "a"')).toContain('out of bounds');
  });

  test('a tag or a schedule may be called what it likes', () => {
    const { entitlement } = facts;
    const account = { ...entitlement.account, tags: { constructor: 'a', ['__proto__']: 'b' } };
    const odd = { ...facts, entitlement: { ...entitlement, account }, onCall: { constructor: true } };
    const source =
      'entitlement.account.tags.constructor == "a" && entitlement.account.tags["__proto__"] == "b"';
    expect(answer(`${source} && onCall.constructor`, odd)).toBe('yes');
  });

  test('facts that are none have no answer', () => {
    for (const odd of [
      { durationSeconds: 1.5 },
      { now: new Date(Number.NaN) },
      { ticket: 5 },
      { onCall: { primary: 'yes' } },
    ]) {
      const broken = { ...facts, ...odd } as unknown as typeof facts;
      const source = 'durationSeconds > 0 && ticket != "" && onCall.primary && weekday(now, "UTC") != "sun"';
      expect(holds(source, broken).answer).toBe('unknown');
    }
  });

  test('what is no condition has no answer', () => {
    expect(holds('tru', facts)).toMatchObject({ answer: 'unknown' });
  });
});

describe('summer time', () => {
  test('Berlin goes from 01:59 to 03:00, and shows 02:30 twice in autumn', () => {
    const shows = (time: string) => `timeOfDay(now, "Europe/Berlin") == "${time}"`;
    expect(answer(shows('01:59'), at('2026-03-29T00:59:59Z'))).toBe('yes');
    expect(answer(shows('03:00'), at('2026-03-29T01:00:00Z'))).toBe('yes');
    expect(answer(shows('02:30'), at('2026-10-25T00:30:00Z'))).toBe('yes');
    expect(answer(shows('02:30'), at('2026-10-25T01:30:00Z'))).toBe('yes');
  });

  test('office hours by the wall are other hours in UTC in summer', () => {
    const office = 'timeOfDay(now, "Europe/Berlin") >= "08:00" && timeOfDay(now, "Europe/Berlin") < "18:00"';
    expect(answer(office, at('2026-07-01T06:00:00Z'))).toBe('yes');
    expect(answer(office, at('2026-01-14T06:00:00Z'))).toBe('no');
    expect(answer(office, at('2026-07-01T16:00:00Z'))).toBe('no');
  });

  test('the day is the day of the zone', () => {
    const day = 'weekday(now, "Pacific/Auckland") == "sat" && date(now, "Pacific/Auckland") == "2026-01-17"';
    expect(answer(day, at('2026-01-16T12:00:00Z'))).toBe('yes');
    expect(answer('weekday(now, "America/New_York") == "thu"', at('2026-01-16T04:59:59Z'))).toBe('yes');
  });
});

test.each([
  ['', 'unexpected token: EOF'],
  ['durationSeconds', 'must be true or false, not int'],
  ['requestr.id == "a"', "nothing is named 'requestr' (did you mean 'requester'?)"],
  ['google.protobuf == google.protobuf', "nothing is named 'google': known are requester"],
  ['requester.group == "a"', "there is no 'group' here (did you mean 'groups'?)"],
  ['requester.constructor == "a"', "there is no 'constructor' here: known are id"],
  ['entitlement.account.tag.a == "a"', "there is no 'tag' here (did you mean 'tags'?)"],
  ['entitlement["id"] == "a"', 'fields are written with a dot'],
  ['wekday(now, "UTC") == "mon"', "no function is named 'wekday' (did you mean 'weekday'?)"],
  ['ticket.startWith("a")', "no method is named 'startWith' (did you mean 'startsWith'?)"],
  ['dyn(1) == 2', "no function is named 'dyn'"],
  ['weekday(now) == "mon"', 'weekday is written as weekday(now, "Europe/Berlin")'],
  ['weekday(ticket, "UTC") == "mon"', 'the types do not fit'],
  ['weekday(now, ticket) == "mon"', 'needs a text that is written out'],
  ['weekday(now, "Europe/Berln") == "mon"', "no time zone is named 'Europe/Berln'"],
  ['weekday(now, "UTC") == "Saturday"', "weekday() is never 'Saturday'"],
  ['weekday(now, "UTC") in ["sat", "sonntag"]', "weekday() is never 'sonntag'"],
  ['weekday(now, "UTC") > "fri"', 'days have no order here'],
  ['timeOfDay(now, "UTC") < "9:00"', `timeOfDay() is never '9:00': write it such as "08:00"`],
  ['"18" <= timeOfDay(now, "UTC")', "timeOfDay() is never '18'"],
  ['date(now, "UTC") > "24.12.2026"', "date() is never '24.12.2026'"],
  ['assurance.level == "mfa"', "assurance.level is never 'mfa'"],
  ['assurance.level >= "multi-factor"', 'write atLeast(assurance.level, "multi-factor")'],
  ['atLeast(assurance.level, "mutli-factor")', "(did you mean 'multi-factor'?)"],
  ['entitlement.target == "permissionSet"', "(did you mean 'permission-set'?)"],
  ['inNetwork(address, "203.0.113.0")', "'203.0.113.0' is no network"],
  ['inNetwork(address, "203.0.113.1/24")', 'has bits set beyond its length'],
  ['inNetwork(address, "0.0.0.0/0")', 'is every address'],
  ['inNetwork(address, "::ffff:203.0.113.0/120")', 'is IPv4 written as IPv6'],
  ['ticket.matches("(a+)+")', 'write looksLike(ticket'],
  ['looksLike(ticket, "(a+)+")', 'could take too long to match'],
  ['looksLike(ticket, reason)', 'needs a text that is written out'],
  ['now.getHours("Europe/Berlin") > 8', 'with a time zone, use weekday, timeOfDay or date'],
  ['now.getDayOfYear() > 8', "no method is named 'getDayOfYear'"],
  ['now > timestamp("2026-01-01T00:00:00")', "'2026-01-01T00:00:00' is no time"],
  ['now > timestamp("2026-13-01T00:00:00Z")', 'there is no day or hour'],
  ['duration > duration("90")', "'90' is no duration"],
  ['duration > duration("h")', "'h' is no duration"],
  ['has(onCall.primary)', 'has asks for a tag'],
  ['"primary" in onCall', 'onCall is asked by schedule only'],
  ['size(onCall) > 0', 'onCall is asked by schedule only'],
  ['onCall.exists(s, true)', 'onCall is asked by schedule only'],
  ['onCall[ticket]', 'the schedule must be written out'],
  ['onCall[0]', 'the schedule must be written out'],
  ['has(requester.id)', 'has asks for a tag'],
  ['{"a": true}.a', 'maps and optional values'],
  ['[1].map(x, x).size() == 1', "no method is named 'map'"],
  ['cel.bind(x, true, x)', "nothing is named 'cel'"],
  ['requester.groups.exists(g)', 'exists is written as requester.groups.exists('],
  ['requester.groups.exists(ticket, ticket == "a")', "'ticket' is a name already"],
  ['requester.groups.exists(g, [1].all(n, n == 1))', 'once for every entry of another'],
  ['requester.groups.exists(g, g in requester.groups)', 'once for every entry of a list'],
  ['requester.groups.exists(g, g.size() == 1) && g == "a"', "nothing is named 'g'"],
  ['ticket == 5', 'no such overload: string == int'],
  ['"a" < duration', 'no such overload: string < duration'],
  ['ticket in [1, "a"]', 'list elements must have the same type'],
  ['durationSeconds && true', 'logical operator requires bool operands'],
  ['durationSeconds > 1 ? 1 : "a"', 'ternary branches must have the same type'],
  ['durationSeconds >', 'unexpected token'],
  [`${'('.repeat(25)}true${')'.repeat(25)}`, 'is too large or nested too deeply'],
  [`${'!'.repeat(490)}true`, 'is too large or nested too deeply'],
  ['true || '.repeat(80), 'is longer than 500 characters'],
  ['true\u202e', 'control or invisible characters'],
])('refused at load: %s', (source, message) => {
  expect(fault(source)).toContain(message);
});

test('it says which schedules and groups it names', () => {
  expect(checkCondition('onCall.a || onCall["b"] && "x" in requester.groups')).toEqual({
    ok: true,
    schedules: new Set(['a', 'b']),
    groups: new Set(['x']),
  });
});

const pieces =
  `requester entitlement account tags groups onCall primary third now address ticket durationSeconds g true null
  weekday inNetwork looksLike has exists all duration size "UTC" "mon" "10.0.0.0/8" "a" 1 0 1.5 1u b"a"
  . ( ) [ ] , && || ! - == < in ? : + / { }`.split(/\s+/);

test('no text makes the check or the evaluation throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const checked = checkCondition(source);
      const found = holds(source, facts);
      if (!checked.ok) {
        expect(checked.message).not.toBe('');
        expect(found.answer).toBe('unknown');
      }
    }),
    { numRuns: 2000 },
  );
});

// Conditions of three values, with atoms of which some are unknown.
const atom = fc.constantFrom(
  'onCall.a',
  'onCall["b"]',
  'inNetwork(address, "10.0.0.0/8")',
  'durationSeconds > 900',
  'breakGlass',
  'requester.groups.exists(g, onCall.a)',
  'requester.groups.all(g, g == "x" || onCall.b)',
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    tie('condition').map((a) => `!(${a})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||', '==', '!='), tie('condition'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
  ),
}));

test('an answer that was given without knowing all is the answer whatever the rest turns out to be', () => {
  const bool = fc.boolean();
  const complete = fc.record({ a: bool, b: bool, inside: bool, long: bool, breakGlass: bool });
  const hidden = fc.record({ a: bool, b: bool, address: bool });
  fc.assert(
    fc.property(condition, complete, hidden, (source, truth, hide) => {
      fc.pre(checkCondition(source).ok);
      const whole = {
        ...facts,
        breakGlass: truth.breakGlass,
        durationSeconds: truth.long ? 1000 : 10,
        address: truth.inside ? '10.1.1.1' : '192.0.2.1',
        onCall: { a: truth.a, b: truth.b },
      };
      const part = {
        ...whole,
        address: hide.address ? '' : whole.address,
        onCall: { ...(hide.a ? {} : { a: truth.a }), ...(hide.b ? {} : { b: truth.b }) },
      };
      const known = holds(source, whole);
      expect(known.answer).not.toBe('unknown');
      const found = holds(source, part);
      if (found.answer !== 'unknown') expect(found).toEqual(known);
    }),
    { numRuns: 2000 },
  );
});
