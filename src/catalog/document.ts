import { LineCounter } from 'yaml';
import { maxSourceBytes } from './limits.ts';
import { type Path, type Place, Places } from './places.ts';
import { catalogKind, type FileKind, Unreadable, YamlReader } from './read-yaml.ts';
import type { Problem } from './types.ts';

export type { Path };

// Nobody reads more, and a file made to be slow to check stays cheap.
const maxProblems = 1000;

/** A YAML file as plain values (maps have no prototype) that still knows where each of them stands. */
export class LocatedDocument {
  readonly problems: Problem[] = [];
  private root: unknown;
  private readonly source: string;
  private readonly lines = new LineCounter();
  private readonly places = new Places();
  private readonly noted = new Set<string>();

  /**
   * Never throws: what cannot be read is in `problems`, and `value` is then of no use.
   * @param kind what the file is called in problems
   */
  constructor(source: string, kind: FileKind = catalogKind) {
    this.source = source;
    this.root = undefined;
    if (Buffer.byteLength(source) > maxSourceBytes) {
      this.noteAt(
        0,
        [],
        `the file is larger than ${maxSourceBytes / 1024 / 1024} MiB: split it or take out what is not used`,
      );
      return;
    }
    try {
      this.root = new YamlReader(source, this.lines, this.places, (...at) => this.noteAt(...at), kind).read();
    } catch (error) {
      if (error instanceof Unreadable) return;
      // The parser recurses: hostile nesting ends in a RangeError.
      this.noteAt(0, [], 'cannot be read as YAML: nested too deeply or damaged');
    }
  }

  get value(): unknown {
    return this.root;
  }

  /** So many problems that looking for more is of no use. */
  get full(): boolean {
    return this.problems.length > maxProblems;
  }

  /**
   * Notes a problem with the value at a path, or with its key in the map around it.
   * @param topic of several problems on one topic in one place of the file only the first is kept
   */
  note(path: Path, on: 'key' | 'value', message: string, topic = message): void {
    this.noteAt(this.offset(path, on), this.places.writtenPath(this.root, path), message, topic);
  }

  /** The line of a value's key. */
  lineOf(path: Path): number {
    return this.lines.linePos(this.offset(path, 'key')).line;
  }

  /** The path as a JSON Pointer (RFC 6901) into the file as it is written. */
  pointerTo(path: Path): string {
    return pointer(this.places.writtenPath(this.root, path));
  }

  /** The value at a path, undefined where there is none. */
  at(path: Path): unknown {
    return this.places.valueAt(this.root, path);
  }

  /** The map at a path, null where there is none. */
  mapAt(path: Path): Readonly<Record<string, unknown>> | null {
    const map = this.at(path);
    return typeof map === 'object' && map !== null && !Array.isArray(map)
      ? (map as Record<string, unknown>)
      : null;
  }

  /** The keys of the map at a path, none where there is no map. */
  keysAt(path: Path): string[] {
    return Object.keys(this.mapAt(path) ?? {});
  }

  /** The characters of the file that a value was read from. */
  text(path: Path): string {
    const place = this.places.placeAt(this.root, path);
    return place === undefined ? '' : this.source.slice(place.value, place.end);
  }

  /** Where parts of the file stand, by the keys of a map that is to be composed of them. */
  placesOf(parts: Iterable<readonly [key: string, at: Path]>): ReadonlyMap<string, Place> {
    const places = new Map<string, Place>();
    for (const [key, at] of parts) {
      const value = this.offset(at, 'value');
      const { end = value } = this.places.placeAt(this.root, at) ?? {};
      const written = this.places.writtenPath(this.root, at);
      places.set(key, { key: this.offset(at, 'key'), value, end, written });
    }
    return places;
  }

  /**
   * A map composed of values that stand elsewhere in the file: problems with them are noted there, once.
   * @param places of each key, from placesOf
   */
  compose(places: ReadonlyMap<string, Place>, values: Readonly<Record<string, unknown>>): object {
    const map = Object.assign(Object.create(null) as object, values);
    this.places.keep(map, places);
    return map;
  }

  /** Puts a composed map in the place of a top-level key, which may not have been there. */
  replace(key: string, map: object): void {
    const { root } = this;
    if (typeof root !== 'object' || root === null) return;
    const places = new Map(this.places.in(root));
    places.set(key, places.get(key) ?? { key: 0, value: 0, end: 0, written: [] });
    this.root = Object.assign(Object.create(null) as object, root, { [key]: map });
    this.places.keep(this.root as object, places);
  }

  private offset(path: Path, on: 'key' | 'value'): number {
    const place = this.places.placeAt(this.root, path);
    if (place === undefined) return path.length === 0 ? 0 : this.offset(path.slice(0, -1), 'key');
    return on === 'key' ? (place.key ?? place.value) : place.value;
  }

  private noteAt(offset: number, path: Path, message: string, topic = message): void {
    if (this.full) return;
    const once = `${offset} ${topic}`;
    if (this.noted.has(once)) return;
    this.noted.add(once);
    if (this.problems.length === maxProblems) {
      message = `more than ${maxProblems} problems: mend the ones above first`;
    }
    // Before the parser has seen a line, the only place to point at is the top.
    const { line, col } = offset === 0 ? { line: 1, col: 1 } : this.lines.linePos(offset);
    this.problems.push({
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: pointer(path),
      message,
    });
  }
}

function pointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
