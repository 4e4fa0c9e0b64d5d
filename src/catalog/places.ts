/** Steps from the top of the file: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** Where a value stands: offsets into the text. */
export interface Place {
  readonly key: number | null;
  readonly value: number;
  readonly end: number;
  /** The path that it has in the file, where it is read from another one. */
  readonly written?: Path;
}

/** Where each value of a tree of maps and lists stands, known by the map or list that holds it. */
export class Places {
  private readonly byHolder = new Map<object, ReadonlyMap<string | number, Place>>();

  keep(holder: object, places: ReadonlyMap<string | number, Place>): void {
    this.byHolder.set(holder, places);
  }

  in(holder: object): ReadonlyMap<string | number, Place> | undefined {
    return this.byHolder.get(holder);
  }

  /** The value at a path, undefined where there is none. */
  valueAt(root: unknown, path: Path): unknown {
    let value = root;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !this.byHolder.get(value)?.has(step))
        return undefined;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value;
  }

  placeAt(root: unknown, path: Path): Place | undefined {
    const last = path.at(-1);
    const holder = this.valueAt(root, path.slice(0, -1));
    if (last === undefined || typeof holder !== 'object' || holder === null) return undefined;
    return this.byHolder.get(holder)?.get(last);
  }

  /** The path that a value, or the place where one is missing, has in the file. */
  writtenPath(root: unknown, path: Path): Path {
    for (let length = path.length; length > 0; length--) {
      const written = this.placeAt(root, path.slice(0, length))?.written;
      if (written !== undefined) return [...written, ...path.slice(length)];
    }
    return path;
  }
}
