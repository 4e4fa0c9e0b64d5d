// What could steer a terminal or make a text read as something else: control characters, line separators, marks that turn
// the direction of writing, characters without width, tags, and halves of surrogate pairs.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text from elsewhere, made safe for one line of a terminal: what cannot be seen is shown as an escape such as `\u{202e}`. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => short[character] ?? escape(character));
}

/** JSON for programs, two spaces deep. Characters that printable() escapes are escaped in JSON's own way. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unsafe, (character) =>
    character === '\n'
      ? character
      : character
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
