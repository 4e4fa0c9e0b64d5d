import { Refusal } from '../refusal.ts';

// Control characters except newline and tab, line breaks of other kinds, the marks that reverse the direction of text, and
// letters that do not show (tags, annotations): they can make an approver read something else than what is stored (Unicode
// TR 36, section 2).
const forbidden =
  /[^\P{Cc}\n\t]|[\u2028\u2029]|[\u202a-\u202e\u2066-\u2069]|[\u206a-\u206f\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/**
 * Checks people's own words.
 * @param name what it is, for the message
 * @param longest most characters (Unicode code points) after trimming
 * @returns the words, trimmed, with newlines as \n
 * @throws Refusal invalid_input when there are none, too many, or characters that do not show
 */
export function checkedWords(name: string, text: string, longest: number): string {
  const words = text.replaceAll('\r\n', '\n').trim();
  if (words === '') throw new Refusal('invalid_input', `${name} must say something.`);
  // Cheap before exact: a code point has at most two units.
  if (words.length > 2 * longest || Array.from(words).length > longest) {
    throw new Refusal('invalid_input', `${name} must have at most ${longest} characters.`);
  }
  if (forbidden.test(words) || !words.isWellFormed()) {
    throw new Refusal('invalid_input', `${name} must be plain text, without control characters.`);
  }
  return words;
}

/** The same for words that may be left out: none, null and blank are all null. */
export function optionalWords(name: string, text: string | null | undefined, longest: number): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : checkedWords(name, text, longest);
}
