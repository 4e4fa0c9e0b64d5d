import { Ajv, type ErrorObject } from 'ajv';
import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { CatalogFile } from './schema.ts';

/** Notes everything in which the file differs from the schema: unknown keys, missing ones, wrong types, wrong forms. */
export const checkStructure = structureCheck(CatalogFile, {
  name: 'the catalog',
  form: 'a map with version, groups, accounts and entitlements',
});

/**
 * A check of files against a schema, by whose titles it says what is wrong.
 * @param whole what the file is called, and what it is
 */
export function structureCheck(
  schema: object,
  whole: { readonly name: string; readonly form: string },
): (document: LocatedDocument) => void {
  const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true, verbose: true }).compile(
    schema,
  );
  return (document) => {
    if (!validate(document.value)) noteAll(document, validate.errors ?? [], whole);
  };
}

type Whole = Parameters<typeof structureCheck>[1];

function noteAll(document: LocatedDocument, errors: readonly ErrorObject[], whole: Whole): void {
  const unions = new Map<string, unknown>();
  for (const error of errors) {
    if (error.keyword === 'anyOf') unions.set(`${error.schemaPath} ${error.instancePath}`, error.data);
  }
  for (const error of errors) {
    if (document.full) return;
    // Said better by check.ts: which of role and permissionSet, and what is wrong with a name.
    if (/\/(?:oneOf|propertyNames)(?:\/|$)/.test(error.schemaPath)) continue;
    if (error.keyword === 'anyOf' && branchFor(error.data) !== null) continue;
    if (isOfOtherBranch(error, unions)) continue;
    noteError(document, error, fromPointer(document, error.instancePath), whole);
  }
}

// A union fails with the errors of all its branches; only those of the branch that was meant help.
function isOfOtherBranch(error: ErrorObject, unions: ReadonlyMap<string, unknown>): boolean {
  const found = /^(.*\/anyOf)\/([0-9]+)(?:\/|$)/.exec(error.schemaPath);
  if (found === null) return false;
  const [, union = '', branch] = found;
  const parent = error.instancePath.slice(0, error.instancePath.lastIndexOf('/'));
  const key = [error.instancePath, parent].map((at) => `${union} ${at}`).find((at) => unions.has(at));
  return key !== undefined && String(branchFor(unions.get(key))) !== branch;
}

// Unions of the schema are "a word, or a map that says more".
function branchFor(data: unknown): 0 | 1 | null {
  if (typeof data === 'string') return 0;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? 1 : null;
}

function noteError(document: LocatedDocument, error: ErrorObject, path: Path, whole: Whole): void {
  const name = path.length === 0 ? whole.name : nameOf(path);
  const schema = (error.parentSchema ?? {}) as { title?: string; properties?: Record<string, unknown> };
  const params = error.params as Record<string, unknown>;
  const limit = String(params['limit']);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys(schema.properties ?? {});
      document.note(
        [...path, key],
        'key',
        `unknown key ${quoted(key)}${didYouMean(key, known) || `: known here are ${known.join(', ')}`}`,
      );
      return;
    }
    case 'required':
      document.note(path, 'key', `${name} needs '${String(params['missingProperty'])}': add it`);
      return;
    case 'minItems':
      document.note(
        path,
        'value',
        `${name} is an empty list: name at least one (an empty list never means everyone)`,
      );
      return;
    case 'minProperties':
      document.note(path, 'value', `${name} is empty: add at least one entry`);
      return;
    case 'maxItems':
      document.note(path, 'value', `${name} has more than ${limit} entries: take some out`);
      return;
    case 'minLength':
      document.note(path, 'value', `${name} is too short: write at least ${limit} characters`);
      return;
    case 'maxLength':
      document.note(path, 'value', `${name} is too long: keep it to ${limit} characters`);
      return;
    case 'minimum':
    case 'maximum':
      document.note(
        path,
        'value',
        `${name} ${error.message ?? 'is out of range'}, not ${quoted(error.data)}`,
      );
      return;
    default:
      noteWrongValue(
        document,
        error,
        path,
        `${name} must be ${path.length === 0 ? whole.form : (schema.title ?? 'something else')}`,
      );
  }
}

function noteWrongValue(document: LocatedDocument, error: ErrorObject, path: Path, must: string): void {
  const data: unknown = error.data;
  if (path[0] === 'accounts' && path[2] === 'id' && typeof data === 'number') {
    const text = document.text(path);
    document.note(
      path,
      'value',
      `the account id is not in quotes: write id: "${text}" (unquoted, YAML reads a number and drops leading zeros)`,
    );
    return;
  }
  if (error.keyword === 'enum' && typeof data === 'string') {
    document.note(
      path,
      'value',
      `${must}, not ${quoted(data)}${didYouMean(data, (error.schema as unknown[]).map(String))}`,
    );
    return;
  }
  const wantsText = error.keyword === 'type' && (error.params as { type?: unknown }).type === 'string';
  const scalar = typeof data === 'number' || typeof data === 'boolean';
  const hint = wantsText && scalar ? ' (put text that looks like a number or true/false in quotes)' : '';
  document.note(path, 'value', `${must}, not ${describe(data)}${hint}`);
}

function describe(data: unknown): string {
  if (data === null) return 'empty';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a map' : quoted(data);
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `entry ${last + 1} of ${nameOf(path.slice(0, -1))}` : quoted(last);
}

function fromPointer(document: LocatedDocument, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(document.at(path)) ? Number(step) : step);
  }
  return path;
}
