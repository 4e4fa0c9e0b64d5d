import type { LocatedDocument, Path } from './document.ts';
import { maxEntitlements, maxExpandedCharacters } from './limits.ts';
import { quoted } from './lookalike.ts';
import type { Place } from './places.ts';

/** Several fleets, or a fleet and the entitlements, make the same id. */
interface Clash {
  readonly path: Path;
  readonly other: Path;
  readonly id: string;
  count: number;
}

/** All entitlements of a file by id, collected from entitlements and fleets: each id once, and not more than there may be. */
export class Expansion {
  private readonly document: LocatedDocument;
  private readonly values = Object.create(null) as Record<string, unknown>;
  private readonly places = new Map<string, Place>();
  private readonly writtenAt = new Map<string, Path>();
  private tooMany = false;
  private characters = 0;
  private readonly clashes = new Map<string, Clash>();

  constructor(document: LocatedDocument) {
    this.document = document;
  }

  /** Were there more than there may be? */
  get overflowed(): boolean {
    return this.tooMany;
  }

  /**
   * Adds an entitlement, unless its id is taken already or there are too many.
   * @param path where it is written
   * @param characters how long its text is where parts of it are shared, else 0
   * @param make makes its value
   */
  add(id: string, path: Path, place: Place | undefined, characters: number, make: () => unknown): void {
    const other = this.writtenAt.get(id);
    if (other !== undefined) {
      const between = `${path.join(' ')} ${other[0] === 'fleets' ? other.join(' ') : ''}`;
      const clash = this.clashes.get(between) ?? { path, other, id, count: 0 };
      clash.count++;
      this.clashes.set(between, clash);
      return;
    }
    this.characters += characters;
    if (this.characters > maxExpandedCharacters) {
      this.tooMany = true;
      const message = `rule sets and fleets come to more than ${maxExpandedCharacters / 1024 / 1024} MiB when written out: select fewer accounts, or share less`;
      this.document.note(path, 'key', message);
      return;
    }
    if (this.writtenAt.size >= maxEntitlements) {
      this.tooMany = true;
      const message = `more than ${maxEntitlements} entitlements, those of fleets among them: select fewer accounts`;
      this.document.note(path, 'key', message);
      return;
    }
    this.writtenAt.set(id, path);
    if (place !== undefined) this.places.set(id, place);
    this.values[id] = make();
  }

  /** Notes the ids that were taken, once for each pair of places, and puts the entitlements into the document. */
  finish(): void {
    for (const { path, other, id, count } of this.clashes.values()) {
      const ids = count === 1 ? quoted(id) : `${quoted(id)} and ${count - 1} more`;
      const where =
        other[0] === 'fleets' ? `made by fleet ${quoted(other[1])}` : 'written under entitlements';
      const line = this.document.lineOf(other);
      this.document.note(
        path,
        'key',
        `${ids} ${count === 1 ? 'is' : 'are'} already ${where}, on line ${line}: choose another name, or select other accounts`,
      );
    }
    const [places, values] = this.tooMany ? [new Map<string, Place>(), {}] : [this.places, this.values];
    this.document.replace('entitlements', this.document.compose(places, values));
  }
}
