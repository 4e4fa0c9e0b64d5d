/** One fault of the input. */
export interface InputFault {
  /** A JSON Pointer (RFC 6901) into the body, or the name of a parameter. */
  readonly path: string;
  readonly message: string;
}

interface Fault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: { readonly description?: string; readonly type?: unknown };
}

// More than this many faults help nobody.
const mostFaults = 20;

/** The faults that validation found, one sentence each, all at once; null when the error is something else. */
export function inputFaults(error: unknown): readonly InputFault[] | null {
  if (!(error instanceof Error) || !('validation' in error) || !Array.isArray(error.validation)) return null;
  const part = 'validationContext' in error ? String(error.validationContext) : 'body';
  const faults = (error.validation as Fault[]).map((fault) => toInputFault(fault, part));
  const seen = new Map(faults.map((fault) => [`${fault.path}\0${fault.message}`, fault]));
  return [...seen.values()].slice(0, mostFaults);
}

function toInputFault(fault: Fault, part: string): InputFault {
  const missing = fault.keyword === 'required' ? text(fault.params['missingProperty']) : null;
  const unknown = fault.keyword === 'additionalProperties' ? text(fault.params['additionalProperty']) : null;
  if (unknown !== null && !fieldName.test(unknown)) return unnamed(fault.instancePath, part);
  const path = fault.instancePath + suffix(missing ?? unknown);
  const name = nameOf(path, part);
  return {
    path: part === 'body' ? path : path.replace(/^\//, ''),
    message: `${name} ${sentenceEnd(fault, part)}.`,
  };
}

// What a caller sent in the place of a name can be anything, a token that slipped too: only what looks like a name of ours or a
// slip of one is repeated.
const fieldName = /^[a-z]{1,16}(?:[A-Z_-][a-z]{1,16}){0,3}$/;

function unnamed(instancePath: string, part: string): InputFault {
  const what = part === 'body' ? 'field' : 'parameter';
  return {
    path: part === 'body' ? instancePath : instancePath.replace(/^\//, ''),
    message: `${nameOf(instancePath, part)} has a ${what} that is not known here.`,
  };
}

function suffix(key: string | null): string {
  return key === null ? '' : `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

// `/entitlements/0` reads as `entitlements[0]`. What a caller sent as a key is cut short and shown as plain text.
function nameOf(path: string, part: string): string {
  if (path === '') return part === 'body' ? 'The body' : `The ${part}`;
  return path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((key, i) => (/^\d+$/.test(key) ? `[${key}]` : `${i === 0 ? '' : '.'}${plain(key)}`))
    .join('');
}

function plain(key: string): string {
  const shown = key.replace(/[^\x20-\x7e]/g, '?');
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

function sentenceEnd(fault: Fault, part: string): string {
  const limit = text(fault.params['limit']);
  switch (fault.keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return part === 'body' ? 'is not a field here' : 'is not a parameter here';
    case 'type':
      return `must be ${typeName(fault.params['type'])}`;
    case 'enum':
      return `must be one of ${(fault.params['allowedValues'] as unknown[]).map(text).join(', ')}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'minItems':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} entries`;
    case 'maxItems':
      return `must have at most ${limit} entries`;
    case 'uniqueItems':
      return 'must not name anything twice';
    case 'format':
      return 'must be a time such as 2026-11-22T09:30:00Z';
    default:
      return `is not as it must be${fault.parentSchema?.description === undefined ? '' : `: ${fault.parentSchema.description.replace(/\.$/, '')}`}`;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function typeName(type: unknown): string {
  const names = (Array.isArray(type) ? type : String(type).split(',')).map(
    (t) => typeNames[String(t)] ?? 'something else',
  );
  return names.join(' or ');
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
