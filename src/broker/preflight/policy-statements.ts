import { globMatches } from '../../catalog/policy/glob.ts';

/** A policy that cannot be read as one: nothing may be concluded from it. */
export class UnreadablePolicyError extends Error {
  override readonly name = 'UnreadablePolicyError';
}

export interface Patterns {
  /** True: everything but these (NotAction, NotResource). */
  readonly not: boolean;
  readonly patterns: readonly string[];
}

/** A principal by its kind, such as AWS, Service or Federated. `*` stands for everybody: kind `AWS`, value `*`. */
export interface Principal {
  readonly kind: string;
  readonly value: string;
}

export interface Condition {
  readonly operator: string;
  /** In lower case: keys are compared without regard to case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly allow: boolean;
  readonly actions: Patterns;
  /** Null: the statement has none, as in a trust policy. */
  readonly resources: Patterns | null;
  /** Null: the statement has none, as in a policy of permissions. `not`: everybody but these. */
  readonly principals: { readonly not: boolean; readonly named: readonly Principal[] } | null;
  readonly conditions: readonly Condition[];
}

const known = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Reads the statements of a policy (IAM User Guide, "Grammar of the IAM JSON policy language"). Pure.
 * @param text JSON
 * @throws UnreadablePolicyError for anything that the grammar does not have: a guess would be a wrong answer
 */
export function readStatements(text: string): readonly Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UnreadablePolicyError('it is not JSON');
  }
  const { Statement: raw } = record(document, 'it is no policy');
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.map((one) => statement(record(one, 'a statement cannot be read')));
}

/** Does the statement say something of this action? */
export function covers(patterns: Patterns, action: string): boolean {
  return patterns.patterns.some((pattern) => globMatches(pattern, action)) !== patterns.not;
}

function statement(raw: Readonly<Record<string, unknown>>): Statement {
  for (const key of Object.keys(raw)) {
    if (!known.has(key)) throw new UnreadablePolicyError(`a statement has the element ${key.slice(0, 40)}`);
  }
  const { Effect: effect } = raw;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new UnreadablePolicyError('a statement has no effect that is known');
  const actions = patterns(raw, 'Action');
  if (actions === null) throw new UnreadablePolicyError('a statement names no action');
  return {
    allow: effect === 'Allow',
    actions,
    resources: patterns(raw, 'Resource'),
    principals: principals(raw),
    conditions: conditions(raw['Condition']),
  };
}

function patterns(raw: Readonly<Record<string, unknown>>, name: string): Patterns | null {
  const [only, not] = [raw[name], raw[`Not${name}`]];
  if (only !== undefined && not !== undefined)
    throw new UnreadablePolicyError(`a statement has both ${name} and Not${name}`);
  if (only !== undefined) return { not: false, patterns: strings(only) };
  return not === undefined ? null : { not: true, patterns: strings(not) };
}

function principals(raw: Readonly<Record<string, unknown>>): Statement['principals'] {
  const { Principal: only, NotPrincipal: not } = raw;
  if (only !== undefined && not !== undefined)
    throw new UnreadablePolicyError('a statement has both Principal and NotPrincipal');
  const value = only ?? not;
  if (value === undefined) return null;
  if (value === '*') return { not: only === undefined, named: [{ kind: 'AWS', value: '*' }] };
  const byKind = Object.entries(record(value, 'a principal cannot be read'));
  const named = byKind.flatMap(([kind, values]) => strings(values).map((one) => ({ kind, value: one })));
  return { not: only === undefined, named };
}

function conditions(raw: unknown): Condition[] {
  if (raw === undefined) return [];
  return Object.entries(record(raw, 'a condition cannot be read')).flatMap(([operator, block]) =>
    Object.entries(record(block, 'a condition cannot be read')).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: (Array.isArray(values) ? (values as unknown[]) : [values]).map(scalar),
    })),
  );
}

function scalar(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new UnreadablePolicyError('a condition cannot be read');
}

function strings(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== 'string') throw new UnreadablePolicyError('a list of names cannot be read');
    return one;
  });
}

function record(value: unknown, problem: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadablePolicyError(problem);
  return value as Record<string, unknown>;
}
