import { BlockList, isIP } from 'node:net';
import { arnParts, matchesArn, matchesWildcard } from './match.ts';
import { malformed, unsupported } from './problem.ts';

type Compare = (policyValue: string, requestValue: string) => boolean;

export interface Operator {
  name: string;
  /** Null tests presence and takes no comparison. */
  compare: Compare | null;
  /** A request value of the operator's type, with which policy values can be checked when they are read. */
  sample: string;
  /** True for the `Not…` operators: the comparison holds when no policy value matches. */
  negated: boolean;
  ifExists: boolean;
  set: 'ForAllValues' | 'ForAnyValue' | null;
}

// AWS, "IAM JSON policy elements: Condition operators": one entry per documented operator and its negation.
const POSITIVE: Record<string, Compare> = {
  StringEquals: (a, b) => a === b,
  StringEqualsIgnoreCase: (a, b) => a.toLowerCase() === b.toLowerCase(),
  StringLike: matchesWildcard,
  NumericEquals: (a, b) => number(b) === number(a),
  NumericLessThan: (a, b) => number(b) < number(a),
  NumericLessThanEquals: (a, b) => number(b) <= number(a),
  NumericGreaterThan: (a, b) => number(b) > number(a),
  NumericGreaterThanEquals: (a, b) => number(b) >= number(a),
  DateEquals: (a, b) => date(b) === date(a),
  DateLessThan: (a, b) => date(b) < date(a),
  DateLessThanEquals: (a, b) => date(b) <= date(a),
  DateGreaterThan: (a, b) => date(b) > date(a),
  DateGreaterThanEquals: (a, b) => date(b) >= date(a),
  Bool: (a, b) => boolean(a) === boolean(b),
  IpAddress: inRange,
  ArnEquals: arnLike,
  ArnLike: arnLike,
};

const NEGATED: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/**
 * Reads an operator name with its optional set prefix and `IfExists` suffix.
 * @throws PolicyProblem for a name that AWS does not document, and for one that is not judged here.
 */
export function parseOperator(name: string): Operator {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  if (!parts?.[2]) throw malformed(`Invalid Condition type : ${name}.`);
  const base = parts[2];
  const set = (parts[1] as Operator['set'] | undefined) ?? null;
  const ifExists = parts[3] !== undefined;
  if (base === 'Null') {
    // AWS: IfExists can be added to any operator except Null.
    if (set || ifExists) throw malformed(`Invalid Condition type : ${name}.`);
    return { name, compare: null, sample: '', negated: false, ifExists, set };
  }
  if (base === 'BinaryEquals') throw unsupported('BinaryEquals is not judged here.');
  const positive = NEGATED[base];
  const compare = POSITIVE[positive ?? base];
  if (!compare) throw malformed(`Invalid Condition type : ${name}.`);
  return { name, compare, sample: sampleFor(base), negated: positive !== undefined, ifExists, set };
}

function sampleFor(base: string): string {
  if (base.includes('Ip')) return '127.0.0.1';
  return base === 'Bool' ? 'true' : /^(Numeric|Date)/.test(base) ? '0' : '';
}

export function boolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw malformed(`Not a boolean: ${text}`);
  return lower === 'true';
}

function number(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw malformed(`Not a number: ${text}`);
  return Number(text);
}

/** W3C date (ISO 8601) or epoch seconds, as AWS documents for the date operators. Milliseconds since 1970. */
function date(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
  const time = iso.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw malformed(`Not a date: ${text}`);
  return time;
}

/** An address without a prefix length means that one address (AWS: IP address condition operators). */
function inRange(range: string, address: string): boolean {
  const [net = '', length, ...rest] = range.split('/');
  const version = isIP(net);
  const bits = length === undefined ? (version === 4 ? 32 : 128) : Number(length);
  if (version === 0 || rest.length > 0 || !/^\d*$/.test(length ?? '') || bits > (version === 4 ? 32 : 128)) {
    throw malformed(`Not an address range: ${range}`);
  }
  const list = new BlockList();
  list.addSubnet(net, bits, version === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function arnLike(glob: string, arn: string): boolean {
  if (glob !== '*' && !arnParts(glob)) throw malformed(`Not an ARN: ${glob}`);
  return matchesArn(glob, arn);
}
