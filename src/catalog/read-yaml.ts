import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { quoted } from './lookalike.ts';
import type { Path, Place, Places } from './places.ts';

const maxDepth = 20;
// Anchors are for sharing a list or two. What they expand to is counted, so nesting them cannot blow up.
const maxAliases = 100;
const maxAliasedNodes = 10_000;

/** Ends the reading of a part of the file after its problem was noted. */
export class Unreadable extends Error {}

/** What a file is called in problems. */
export interface FileKind {
  readonly name: string;
  /** What to do with an empty one. */
  readonly start: string;
}

export const catalogKind: FileKind = { name: 'catalog', start: 'start from catalog.example.yaml' };

/** Reads YAML 1.2 without tags and merge keys as plain values, and keeps where each of them stands. */
export class YamlReader {
  private readonly source: string;
  private readonly lines: LineCounter;
  private readonly places: Places;
  private readonly noteAt: (offset: number, path: Path, message: string) => void;
  private readonly kind: FileKind;
  private aliases = 0;
  private aliasedNodes = 0;

  constructor(
    source: string,
    lines: LineCounter,
    places: Places,
    noteAt: YamlReader['noteAt'],
    kind: FileKind,
  ) {
    this.kind = kind;
    this.source = source;
    this.lines = lines;
    this.places = places;
    this.noteAt = noteAt;
  }

  /** @throws Unreadable after it has noted why; RangeError on hostile nesting */
  read(): unknown {
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
    let sound = true;
    for (const error of document.errors) {
      sound = false;
      const several = error.code === 'MULTIPLE_DOCS';
      this.noteAt(
        error.pos[0],
        [],
        several
          ? `a ${this.kind.name} is one document: take the second --- out`
          : `not valid YAML: ${error.message}`,
      );
    }
    if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
      sound = false;
      this.noteAt(
        0,
        [],
        `a ${this.kind.name} is YAML 1.2: take out the %YAML ${document.directives.yaml.version} line`,
      );
    }
    if (!sound) throw new Unreadable();
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
      this.noteAt(0, [], `the ${this.kind.name} is empty: ${this.kind.start}`);
      throw new Unreadable();
    }
    return this.plain(document.contents, [], document, false);
  }

  private plain(node: Node | null, path: Path, document: Document, aliased: boolean): unknown {
    if (node === null) return null;
    const [start = 0] = node.range ?? [];
    if (path.length > maxDepth) {
      this.noteAt(start, path, `nested more than ${maxDepth} levels deep: a ${this.kind.name} never is`);
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
    const places = new Map<string | number, Place>();
    this.places.keep(result, places);
    for (const item of items as readonly { key: unknown; value: Node | null }[]) {
      if (!isScalar(item.key) || typeof item.key.value !== 'string') {
        const node = item.key as Node | null;
        this.noteAt(node?.range?.[0] ?? 0, path, 'keys are plain text: write the key out');
        continue;
      }
      const key = item.key.value;
      const at = item.key.range?.[0] ?? 0;
      const first = places.get(key);
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
      places.set(key, { key: at, value, end });
      result[key] = this.plain(item.value, [...path, key], document, aliased);
    }
    return result;
  }

  private plainList(items: readonly unknown[], path: Path, document: Document, aliased: boolean): unknown[] {
    const result: unknown[] = [];
    const places = new Map<string | number, Place>();
    this.places.keep(result, places);
    for (const [index, item] of (items as readonly Node[]).entries()) {
      const [value = 0, end = 0] = item.range ?? [];
      places.set(index, { key: null, value, end });
      result.push(this.plain(item, [...path, index], document, aliased));
    }
    return result;
  }
}
