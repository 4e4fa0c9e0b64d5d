import { isTimeZone, wallTime } from '../hours.ts';
import { quoted } from '../lookalike.ts';
import { didYouMean } from '../nearest.ts';
import { checkTicketPattern, maxTicketLength } from '../ticket.ts';
import { assuranceLevels, weekDays } from '../types.ts';
import { contains, parseAddress, parseNetwork } from './network.ts';
import { remember } from './remember.ts';

/** Why a question has no answer. */
export class NoAnswer extends Error {}

/** A function that conditions may call. */
export interface ConditionFunction {
  /** How it is called, for people. */
  readonly usage: string;
  /** How many arguments it takes. */
  readonly arity: number;
  /** The argument that must be written out as text, and what is wrong with such a text. */
  readonly constant?: { readonly index: number; readonly fault: (text: string) => string | null };
  /** For those that CEL does not bring: its types and what it does. */
  readonly own?: { readonly signature: string; readonly run: (...values: never[]) => unknown };
}

const time = 'google.protobuf.Timestamp';
const zone = { index: 1, fault: zoneFault };

/** Every function that is called without a receiver. What is not here is refused, though CEL has it. */
export const functions: Readonly<Record<string, ConditionFunction>> = {
  weekday: {
    usage: 'weekday(now, "Europe/Berlin")',
    arity: 2,
    constant: zone,
    own: {
      signature: `weekday(${time}, string): string`,
      run: (at: Date, name: string) => weekDays[(wallClock(at, name).getUTCDay() + 6) % 7],
    },
  },
  timeOfDay: {
    usage: 'timeOfDay(now, "Europe/Berlin")',
    arity: 2,
    constant: zone,
    own: {
      signature: `timeOfDay(${time}, string): string`,
      run: (at: Date, name: string) => wallClock(at, name).toISOString().slice(11, 16),
    },
  },
  date: {
    usage: 'date(now, "Europe/Berlin")',
    arity: 2,
    constant: zone,
    own: {
      signature: `date(${time}, string): string`,
      run: (at: Date, name: string) => wallClock(at, name).toISOString().slice(0, 10),
    },
  },
  inNetwork: {
    usage: 'inNetwork(address, "203.0.113.0/24")',
    arity: 2,
    constant: { index: 1, fault: networkFault },
    own: { signature: 'inNetwork(string, string): bool', run: inNetwork },
  },
  atLeast: {
    usage: 'atLeast(assurance.level, "multi-factor")',
    arity: 2,
    constant: { index: 1, fault: levelFault },
    own: { signature: 'atLeast(string, string): bool', run: atLeast },
  },
  looksLike: {
    usage: 'looksLike(ticket, "INC-[0-9]{1,8}")',
    arity: 2,
    constant: { index: 1, fault: patternFault },
    own: { signature: 'looksLike(string, string): bool', run: looksLike },
  },
  duration: {
    usage: 'duration("1h30m")',
    arity: 1,
    constant: { index: 0, fault: (text) => formFault(text, durationForm, 'duration', '"1h30m"') },
  },
  timestamp: {
    usage: 'timestamp("2026-12-24T00:00:00Z")',
    arity: 1,
    constant: { index: 0, fault: timestampFault },
  },
  size: { usage: 'size(requester.groups)', arity: 1 },
  has: { usage: 'has(entitlement.account.tags.team)', arity: 1 },
};

const durationForm = /^-?(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:h|m|s|ms))+$/;
const timestampForm =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

function formFault(text: string, form: RegExp, what: string, example: string): string | null {
  return form.test(text) ? null : `${quoted(text)} is no ${what}: write one such as ${example}`;
}

function timestampFault(text: string): string | null {
  const found = formFault(text, timestampForm, 'time', '"2026-12-24T00:00:00Z"');
  if (found !== null) return found;
  return Number.isNaN(Date.parse(text)) ? `there is no day or hour such as ${quoted(text)}` : null;
}

function zoneFault(name: string): string | null {
  if (/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name) && isTimeZone(name)) return null;
  return `no time zone is named ${quoted(name)}: write one such as Europe/Berlin`;
}

function wallClock(at: Date, name: string): Date {
  return new Date(wallTime(name, at.getTime()));
}

function networkFault(text: string): string | null {
  const network = parseNetwork(text);
  return 'fault' in network ? `${quoted(text)} ${network.fault}` : null;
}

const networkOf = remember(1000, parseNetwork);

function inNetwork(text: string, written: string): boolean {
  const network = networkOf(written);
  const address = parseAddress(text);
  if ('fault' in network || address === null) throw new NoAnswer(`${quoted(text)} is no network address`);
  return contains(network, address);
}

const rank = (level: string) => (assuranceLevels as readonly string[]).indexOf(level);

function levelFault(level: string): string | null {
  if (rank(level) !== -1) return null;
  return `no assurance level is named ${quoted(level)}: known are ${assuranceLevels.join(', ')}${didYouMean(level, assuranceLevels)}`;
}

function atLeast(level: string, least: string): boolean {
  if (rank(level) === -1) throw new NoAnswer(`no assurance level is named ${quoted(level)}`);
  return rank(level) >= rank(least);
}

function patternFault(pattern: string): string | null {
  const checked = checkTicketPattern(pattern);
  return checked.ok ? null : `the pattern is read as a ticket pattern is, and it ${checked.message}`;
}

const anchored = remember(1000, (pattern) => {
  const checked = checkTicketPattern(pattern);
  return checked.ok ? new RegExp(checked.anchored) : null;
});

function looksLike(text: string, pattern: string): boolean {
  const whole = anchored(pattern);
  // The pattern is known to be cheap on texts of this length only.
  if (whole === null || text.length > maxTicketLength) {
    throw new NoAnswer(`a text of more than ${maxTicketLength} characters is not matched`);
  }
  return whole.test(text);
}
