import { parseDuration } from '../../catalog/duration.ts';
import { LocatedDocument, type Path } from '../../catalog/document.ts';
import { quoted } from '../../catalog/lookalike.ts';
import { didYouMean } from '../../catalog/nearest.ts';
import { structureCheck } from '../../catalog/structure.ts';
import type { Catalog, Problem } from '../../catalog/types.ts';
import { type CaseEntry, CasesFile } from './schema.ts';

const checkStructure = structureCheck(CasesFile, {
  name: 'the file of cases',
  form: 'a map with people and cases',
});

/** A file of cases whose shape is right; what it names is still to be compared with the catalog. */
export interface CasesRead {
  readonly file: CasesFile;
  readonly document: LocatedDocument;
}

/** Reads cases from their text. Pure, and never throws on any text. */
export function readCases(
  source: string,
): ({ readonly ok: true } & CasesRead) | { readonly ok: false; readonly problems: readonly Problem[] } {
  const document = new LocatedDocument(source, { name: 'file of cases', start: 'see docs/catalog.md' });
  if (document.problems.length === 0) checkStructure(document);
  if (document.problems.length > 0) return { ok: false, problems: document.problems };
  return { ok: true, file: document.value as CasesFile, document };
}

/** What in the cases does not fit together or not to the catalog, in the order of the file. */
export function checkCases({ file, document }: CasesRead, catalog: Catalog): readonly Problem[] {
  const names = new Set(Object.keys(file.people));
  const schedules = new Set(catalog.onCall.map(({ name }) => name));
  const known = (path: Path, among: ReadonlySet<string>, none: string) => {
    const value = document.at(path);
    for (const [index, name] of (Array.isArray(value) ? value : [value]).entries()) {
      if (typeof name !== 'string' || among.has(name)) continue;
      const at = Array.isArray(value) ? [...path, index] : path;
      document.note(at, 'value', `${none} is named ${quoted(name)}${didYouMean(name, among)}`);
    }
  };
  const checkOnCall = (path: Path) => {
    for (const name of document.keysAt(path)) {
      if (!schedules.has(name)) {
        document.note(
          [...path, name],
          'key',
          `no schedule of the catalog is named ${quoted(name)}${didYouMean(name, schedules)}`,
        );
      }
      if (document.at([...path, name]) !== 'down') known([...path, name], names, 'nobody under people');
    }
  };
  for (const name of names) {
    known(['people', name, 'groups'], catalog.groups, 'no group of the catalog');
    known(['people', name, 'manager'], names, 'nobody under people');
    known(['people', name, 'answersFor'], names, 'nobody under people');
  }
  checkOnCall(['onCall']);
  checkTime(document, ['at']);
  for (const [index, entry] of file.cases.entries()) {
    const path = ['cases', index];
    checkOnCall([...path, 'onCall']);
    known([...path, 'who'], names, 'nobody under people');
    known([...path, 'asks', 'colleague'], names, 'nobody under people');
    for (const place of (entry.answers ?? []).keys()) {
      known([...path, 'answers', place, 'by'], names, 'nobody under people');
    }
    checkTime(document, [...path, 'at']);
    checkTime(document, [...path, 'asks', 'startAt']);
    checkOrder(document, path, entry);
    checkWhole(document, path, entry, file.at !== undefined);
  }
  return document.problems;
}

function checkWhole(document: LocatedDocument, path: Path, entry: CaseEntry, timeIsGiven: boolean): void {
  if (entry.expect.outcome === 'invalid') {
    if (entry.guardrails === undefined) {
      document.note(
        path,
        'key',
        "a case that expects 'invalid' needs guardrails that forbid the catalog: add them",
      );
    }
    return;
  }
  for (const key of ['who', 'asks'] as const) {
    if (entry[key] === undefined) document.note(path, 'key', `the case needs '${key}': add it`);
  }
  if (entry.at === undefined && !timeIsGiven) {
    document.note(path, 'key', "the case needs 'at', the time of asking: add it here, or once at the top");
  }
}

function checkOrder(document: LocatedDocument, path: Path, { answers = [] }: CaseEntry): void {
  let last = 0;
  for (const [place, { after }] of answers.entries()) {
    const seconds = after === undefined ? last : (parseDuration(after) ?? 0);
    if (seconds < last) {
      document.note(
        [...path, 'answers', place, 'after'],
        'value',
        'answers stand in the order of their times: move it up',
      );
    }
    last = seconds;
  }
}

function checkTime(document: LocatedDocument, path: Path): void {
  const text = document.at(path);
  if (typeof text !== 'string') return;
  // Dates that do not exist, such as 30 February, would silently become others.
  const wall = text.slice(0, 19);
  const time = new Date(`${wall}Z`);
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(wall)) return;
  document.note(path, 'value', `there is no day or hour such as ${quoted(text)}`);
}
