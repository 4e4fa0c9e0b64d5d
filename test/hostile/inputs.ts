import fc from 'fast-check';
import { type Operation, type Parameter, resolved, type Schema } from './contract.ts';
import { nastyBodyText, nastyJson, nastyText } from './nasty.ts';

/** A call, before marks such as `@request:3` are replaced by what exists when it is made. */
export interface Call {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

const marks: readonly (readonly [RegExp, string])[] = [
  [/^\^req_/, '@request'],
  [/^\^grt_/, '@grant'],
  [/^\^prs_/, '@person'],
  [/^\^elr_/, '@review'],
  [/^\^\[a-z0-9\]/, '@entitlement'],
];

/** What the contract allows, with its limits. */
export function fitting(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const s = resolved(schema);
  if (s.enum !== undefined) return fc.constantFrom(...s.enum);
  const types = typeof s.type === 'string' ? [s.type] : (s.type ?? []);
  return fc.oneof(...types.map((type) => ofType(s, type, name)));
}

function ofType(s: Schema, type: string, name: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(s, name);
    case 'integer':
    case 'number': {
      const [min, max] = [s.minimum ?? -1_000, s.maximum ?? 1_000_000];
      return fc.oneof(fc.constantFrom(min, max), fc.constant(Math.min(max, 900)), fc.integer({ min, max }));
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.uniqueArray(fitting(s.items ?? {}, name), {
        minLength: s.minItems ?? 0,
        maxLength: Math.min(3, s.maxItems ?? 3),
      });
    case 'object':
      return objects(s);
    default:
      return fc.constant(null);
  }
}

function objects(s: Schema): fc.Arbitrary<unknown> {
  const properties = Object.entries(s.properties ?? {});
  const made = Object.fromEntries(properties.map(([key, inner]) => [key, fitting(inner, key)]));
  return fc.record(made, { requiredKeys: [...(s.required ?? [])] });
}

function text(s: Schema, name: string): fc.Arbitrary<string> {
  const mark = marks.find(([pattern]) => pattern.test(s.pattern ?? ''))?.[1];
  if (mark !== undefined) {
    return fc.oneof(
      { weight: 5, arbitrary: fc.nat(30).map((n) => `${mark}:${n};`) },
      { weight: 1, arbitrary: fc.stringMatching(new RegExp(s.pattern ?? '')).map((id) => id.slice(0, 100)) },
    );
  }
  if (s.pattern !== undefined)
    return fc.stringMatching(new RegExp(s.pattern)).map((value) => value.slice(0, s.maxLength));
  if (s.format === 'date-time') {
    return fc.oneof(
      fc.constantFrom(
        '2026-11-22T09:30:00Z',
        '0001-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59-23:59',
      ),
      fc
        .date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') })
        .map((date) => date.toISOString()),
    );
  }
  if (name === 'digest') return fc.nat(30).map((n) => `@digest:${n};`);
  if (name === 'ticket') return fc.constantFrom('OPS-1', 'OPS-1\n', 'ops-1', '');
  if (name === 'query')
    return fc.constantFrom(
      '{ me { id } }',
      '{ requests { items { id } } }',
      '{ auditEvents { items { id } } }',
    );
  const [min, max] = [s.minLength ?? 0, s.maxLength ?? 50];
  return fc.oneof(
    fc.string({ minLength: min, maxLength: Math.min(max, 30) }),
    fc.constantFrom(min, max).map((length) => 'r'.repeat(length)),
  );
}

type Way = 'fitting' | 'one thing wrong' | 'wild';

/** Calls of an operation: as the contract says, with one thing wrong, and wild. */
export function callsOf(operation: Operation): fc.Arbitrary<Call> {
  const made = (way: Way) =>
    fc.record({
      path: pathOf(operation, way),
      query: queryOf(operation, way),
      headers: headersOf(operation, way),
      body: bodyOf(operation, way),
    });
  return fc.oneof(
    { weight: 3, arbitrary: made('fitting') },
    { weight: 2, arbitrary: made('one thing wrong') },
    { weight: 1, arbitrary: made('wild') },
  );
}

const named = (operation: Operation, place: Parameter['in']) =>
  operation.parameters.filter((each) => each.in === place);

function pathOf({ path, ...operation }: Operation, way: Way): fc.Arbitrary<string> {
  const id = named({ path, ...operation }, 'path')[0];
  const ends =
    way === 'wild'
      ? fc.constantFrom('', '', '/', '//', '/.', '%2f', ';a=b', '%00', '%', '?', `/${'a'.repeat(3_000)}`)
      : fc.constant('');
  if (id === undefined) return ends.map((end) => path + end);
  const value =
    way === 'wild'
      ? fc.oneof(
          nastyText.map(encoded),
          nastyText.map((raw) => raw.replace(/[?#\s\\]/g, '_')),
        )
      : fitting(id.schema).map((fit) => encoded(String(fit)));
  return fc.tuple(value, ends).map(([filled, end]) => path.replace('{id}', () => filled) + end);
}

function encoded(text: string): string {
  return text.startsWith('@') ? text : encodeURIComponent(text.toWellFormed());
}

function queryOf(operation: Operation, way: Way): fc.Arbitrary<string> {
  const parameters = named(operation, 'query');
  const some = fc
    .subarray([...parameters])
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((each) =>
          (way === 'fitting'
            ? fitting(each.schema, each.name)
            : fc.oneof(fitting(each.schema), nastyText)
          ).map((value) => pair(each.name, String(value))),
        ),
      ),
    );
  if (way === 'fitting') return some.map((pairs) => pairs.join('&'));
  const odd = fc.oneof(
    fc.constantFrom(
      '',
      '__proto__=1',
      '__proto__[polluted]=1',
      'constructor[prototype][polluted]=1',
      '&&&',
      '=',
      'a',
      '%',
      '%zz=%',
      'limit=1&limit=2',
      'limit[]=1',
      'mine=1',
      'limit=1e2',
      'stillLive=TRUE',
      '\u0430=1',
    ),
    fc.tuple(nastyText, nastyText).map(([name, value]) => pair(name, value)),
    fc
      .constantFrom(...parameters, undefined)
      .map((each) => (each === undefined ? '' : `${each.name}=a&${each.name}=b`)),
  );
  return fc.tuple(some, odd).map(([pairs, more]) => [...pairs, more].join('&'));
}

function pair(name: string, value: string): string {
  return `${encodeURIComponent(name.toWellFormed())}=${encoded(value)}`;
}

function headersOf(operation: Operation, way: Way): fc.Arbitrary<Record<string, string>> {
  const key =
    named(operation, 'header').length > 0
      ? { 'idempotency-key': fc.constantFrom('k1', 'k2', 'x'.repeat(200), 'x'.repeat(201), 'a b', '\u00e9') }
      : {};
  const type =
    way === 'wild'
      ? fc.constantFrom(
          'application/json',
          'text/plain',
          'application/json; charset=utf-16',
          'application/xml',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded',
          'application/',
          'a/b/c',
          '\u00e9',
          'application/json, text/html',
        )
      : fc.constant('application/json');
  const headers: Record<string, fc.Arbitrary<string>> = {
    'content-type': type,
    ...key,
    ...(way === 'wild'
      ? {
          accept: fc.constantFrom('*/*', 'text/html', 'nonsense'),
          'content-encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
          'x-forwarded-for': fc.constantFrom('127.0.0.1', 'x', '::1, 10.0.0.1'),
          'x-http-method-override': fc.constantFrom('DELETE', 'PUT'),
          'x-request-id': fc.constantFrom('mine', '../../x'),
          cookie: fc.constantFrom('__Host-daypass=x', '=', '__proto__=1; a', '\u00e9=1'),
          'if-none-match': fc.constant('*'),
          range: fc.constant('bytes=0-1'),
        }
      : {}),
  };
  return fc.record(headers, { requiredKeys: ['content-type'] });
}

function bodyOf(operation: Operation, way: Way): fc.Arbitrary<string | Buffer | null> {
  if (operation.method === 'GET') return fc.constant(null);
  const forms = fc.constantFrom(
    'grant_type=authorization_code&client_id=daypass-cli&code=x&redirect_uri=x&code_verifier=x',
    'token=x',
    'token=x&token=y',
    '__proto__=1&token=%00',
    'payload={}',
  );
  if (operation.body === null || way === 'wild') {
    return fc.oneof(
      fc.constant(null),
      forms,
      nastyBodyText,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
  }
  const body = fitting(operation.body);
  if (way === 'fitting') return body.map((value) => JSON.stringify(value));
  return fc
    .tuple(
      body,
      fc.oneof(nastyText, fc.constantFrom('x', ...Object.keys(resolved(operation.body).properties ?? {}))),
      nastyJson,
    )
    .map(([value, key, junk]) => JSON.stringify({ ...(value as object), [key]: junk }));
}
