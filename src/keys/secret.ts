import { inspect } from 'node:util';

const redacted = '[secret]';

/**
 * A value that cannot be printed by accident: JSON, string conversion and inspect show a placeholder at any depth.
 * `reveal` is the one way to the value, and easy to search for.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toJSON(): string {
    return redacted;
  }

  toString(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
