import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { maxSourceBytes } from './limits.ts';
import { quoted } from './lookalike.ts';
import type { Problem } from './types.ts';

/** Steps from the top of the file: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

interface Span {
  readonly key: number | null;
  readonly value: number;
  readonly end: number;
}

const maxDepth = 20;
// Anchors are for sharing a list or two. What they expand to is counted, so nesting them cannot blow up.
const maxAliases = 100;
const maxAliasedNodes = 10_000;
// Nobody reads more, and a file made to be slow to check stays cheap.
const maxProblems = 1000;

/** Ends the reading of a part of the file after its problem was noted. */
class Unreadable extends Error {}

/** A YAML file as plain values (maps have no prototype) that still knows where each of them stands. */
export class LocatedDocument {
  readonly problems: Problem[] = [];
  readonly value: unknown;
  private readonly source: string;
  private readonly lines = new LineCounter();
  private readonly spans = new Map<object, Map<string | number, Span>>();
  private aliases = 0;
  private aliasedNodes = 0;

  /** Never throws: what cannot be read is in `problems`, and `value` is then of no use. */
  constructor(source: string) {
    this.source = source;
    this.value = undefined;
    if (Buffer.byteLength(source) > maxSourceBytes) {
      this.noteAt(
        0,
        [],
        `the file is larger than ${maxSourceBytes / 1024 / 1024} MiB: split it or take out what is not used`,
      );
      return;
    }
    try {
      this.value = this.read();
    } catch (error) {
      if (error instanceof Unreadable) return;
      // The parser recurses: hostile nesting ends in a RangeError.
      this.noteAt(0, [], 'cannot be read as YAML: nested too deeply or damaged');
    }
  }

  /** So many problems that looking for more is of no use. */
  get full(): boolean {
    return this.problems.length > maxProblems;
  }

  /** Notes a problem with the value at a path, or with its key in the map around it. */
  note(path: Path, on: 'key' | 'value', message: string): void {
    this.noteAt(this.offset(path, on), path, message);
  }

  /** The line of a value's key. */
  lineOf(path: Path): number {
    return this.lines.linePos(this.offset(path, 'key')).line;
  }

  /** The value at a path, undefined where there is none. */
  at(path: Path): unknown {
    let value: unknown = this.value;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !this.spans.get(value)?.has(step)) return undefined;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value;
  }

  /** The characters of the file that a value was read from. */
  text(path: Path): string {
    const span = this.span(path);
    return span === undefined ? '' : this.source.slice(span.value, span.end);
  }

  private span(path: Path): Span | undefined {
    const last = path.at(-1);
    const holder = this.at(path.slice(0, -1));
    if (last === undefined || typeof holder !== 'object' || holder === null) return undefined;
    return this.spans.get(holder)?.get(last);
  }

  private offset(path: Path, on: 'key' | 'value'): number {
    const span = this.span(path);
    if (span === undefined) return path.length === 0 ? 0 : this.offset(path.slice(0, -1), 'key');
    return on === 'key' ? (span.key ?? span.value) : span.value;
  }

  private noteAt(offset: number, path: Path, message: string): void {
    if (this.full) return;
    if (this.problems.length === maxProblems) {
      message = `more than ${maxProblems} problems: mend the ones above first`;
    }
    // Before the parser has seen a line, the only place to point at is the top.
    const { line, col } = offset === 0 ? { line: 1, col: 1 } : this.lines.linePos(offset);
    const pointer = path
      .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    this.problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), path: pointer, message });
  }

  private read(): unknown {
    const document = parseDocument(this.source, {
      version: '1.2',
      schema: 'core',
      merge: false,
      stringKeys: true,
      // Ours is linear, and says where the first one was.
      uniqueKeys: false,
      resolveKnownTags: false,
      prettyErrors: false,
      // Not 'silent': that would also hide the error for a second document.
      logLevel: 'error',
      lineCounter: this.lines,
    });
    for (const error of document.errors) {
      const several = error.code === 'MULTIPLE_DOCS';
      this.noteAt(
        error.pos[0],
        [],
        several ? 'a catalog is one document: take the second --- out' : `not valid YAML: ${error.message}`,
      );
    }
    if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
      this.noteAt(
        0,
        [],
        `catalogs are YAML 1.2: take out the %YAML ${document.directives.yaml.version} line`,
      );
    }
    if (this.problems.length > 0) throw new Unreadable();
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
      this.noteAt(0, [], 'the catalog is empty: start from catalog.example.yaml');
      throw new Unreadable();
    }
    return this.plain(document.contents, [], document, false);
  }

  private plain(node: Node | null, path: Path, document: Document, aliased: boolean): unknown {
    if (node === null) return null;
    const [start = 0] = node.range ?? [];
    if (path.length > maxDepth) {
      this.noteAt(start, path, `nested more than ${maxDepth} levels deep: a catalog never is`);
      throw new Unreadable();
    }
    if (aliased && ++this.aliasedNodes > maxAliasedNodes) {
      this.noteAt(start, path, `anchors expand to more than ${maxAliasedNodes} values: write them out`);
      throw new Unreadable();
    }
    if (isAlias(node)) return this.aliasedValue(node.resolve(document), start, path, document);
    if (typeof node.tag === 'string') {
      this.noteAt(
        start,
        path,
        `tags such as ${quoted(node.tag)} are not allowed: write the value without it`,
      );
    }
    if (isMap(node)) return this.plainMap(node.items, path, document, aliased);
    if (isSeq(node)) return this.plainList(node.items, path, document, aliased);
    return isScalar(node) ? node.value : null;
  }

  private aliasedValue(target: Node | undefined, start: number, path: Path, document: Document): unknown {
    if (++this.aliases > maxAliases) {
      this.noteAt(start, path, `more than ${maxAliases} aliases: write the values out`);
      throw new Unreadable();
    }
    if (target === undefined) {
      this.noteAt(start, path, 'no anchor of that name stands before this alias');
      return null;
    }
    return this.plain(target, path, document, true);
  }

  private plainMap(items: readonly unknown[], path: Path, document: Document, aliased: boolean): object {
    const result = Object.create(null) as Record<string, unknown>;
    const spans = new Map<string | number, Span>();
    this.spans.set(result, spans);
    for (const item of items as readonly { key: unknown; value: Node | null }[]) {
      if (!isScalar(item.key) || typeof item.key.value !== 'string') {
        const node = item.key as Node | null;
        this.noteAt(node?.range?.[0] ?? 0, path, 'keys are plain text: write the key out');
        continue;
      }
      const key = item.key.value;
      const at = item.key.range?.[0] ?? 0;
      const first = spans.get(key);
      if (first !== undefined) {
        const line = this.lines.linePos(first.key ?? 0).line;
        this.noteAt(at, [...path, key], `duplicate key ${quoted(key)}: it is already on line ${line}`);
        continue;
      }
      if (key === '__proto__' || key === '<<') {
        const hint =
          key === '<<'
            ? 'merge keys are not supported: write the fields out'
            : 'is not a name: choose another';
        this.noteAt(at, [...path, key], `${quoted(key)} ${hint}`);
        continue;
      }
      const [value = at, end = at] = item.value?.range ?? [];
      spans.set(key, { key: at, value, end });
      result[key] = this.plain(item.value, [...path, key], document, aliased);
    }
    return result;
  }

  private plainList(items: readonly unknown[], path: Path, document: Document, aliased: boolean): unknown[] {
    const result: unknown[] = [];
    const spans = new Map<string | number, Span>();
    this.spans.set(result, spans);
    for (const [index, item] of (items as readonly Node[]).entries()) {
      const [value = 0, end = 0] = item.range ?? [];
      spans.set(index, { key: null, value, end });
      result.push(this.plain(item, [...path, index], document, aliased));
    }
    return result;
  }
}
