import type { Template } from './plan.ts';

/** Turns what Daypass once wrote into templates: every id that is new each time becomes a place. */
export class Templates {
  readonly places: string[] = [];
  readonly #place = new Map<string, number>();

  /** Names an id that is to be fresh each time, of a kind that floor.ts knows. */
  freshen(id: string, kind: string): void {
    if (this.#place.has(id)) return;
    this.#place.set(id, this.places.length);
    this.places.push(kind);
  }

  of(value: string | null): Template {
    if (value === null) return null;
    const ids = [...this.#place.keys()];
    const pieces = ids.length === 0 ? [value] : value.split(new RegExp(`(${ids.join('|')})`));
    return pieces.filter((piece) => piece !== '').map((piece) => this.#place.get(piece) ?? piece);
  }
}
