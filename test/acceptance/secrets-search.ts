/** Every secret that was met, with what it is. */
export const secrets = new Map<string, string>();
/** Six digits are met by chance inside of longer numbers: these are searched for as words of their own. */
export const oneTimeCodes = new Set<string>();

/** How a text can look when it was put into another one. Base64 has three forms, by where it begins in a group of three bytes. */
function disguises(secret: string): Map<string, string> {
  const bytes = Buffer.from(secret);
  const forms = new Map([
    ['raw', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
  ]);
  for (const before of [0, 1, 2])
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      // Leave out the characters that also depend on what stands before and behind.
      const end = Math.floor(((before + bytes.length) * 8) / 6);
      forms.set(`${encoding} from ${before}`, whole.slice(Math.ceil((before * 8) / 6), end));
    }
  return forms;
}

/** Says where a text holds one of them. Whatever holds a whole secret, in any form, holds its first twelve characters in that form. */
export function search(text: string): string[] {
  const hits: string[] = [];
  for (const [secret, name] of secrets)
    for (const [form, needle] of disguises(secret.slice(0, 12)))
      if (text.includes(needle)) hits.push(`${name}, ${form}: ${around(text, needle)}`);
  for (const code of oneTimeCodes)
    if (new RegExp(`(?<![\\w.])${code}(?!\\w)`).test(text)) hits.push(`one-time code: ${around(text, code)}`);
  return hits;
}

const around = (text: string, needle: string) => {
  const at = text.indexOf(needle);
  return `…${text.slice(Math.max(0, at - 60), at)}█${text.slice(at + needle.length, at + needle.length + 20)}…`;
};
