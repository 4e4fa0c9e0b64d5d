// Letters that most fonts draw like a small Latin one (from Unicode UTS 39, confusables; the ones a keyboard can type).
const twins = new Map<string, string>();
for (const [latin, others] of Object.entries({
  a: 'аαɑ',
  b: 'Ьƅ',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еҽ',
  g: 'ɡ',
  h: 'һ',
  i: 'іιıɩ',
  j: 'јϳ',
  k: 'кκ',
  l: 'ӏ',
  m: 'мⅿ',
  n: 'пո',
  o: 'оοօ',
  p: 'рρ',
  q: 'ԛ',
  r: 'г',
  s: 'ѕ',
  t: 'тτ',
  u: 'υս',
  v: 'νѵ',
  w: 'ԝω',
  x: 'хχ',
  y: 'уγү',
  z: 'ᴢ',
  '-': '‐‑‒–—−',
  '/': '∕⁄╱',
})) {
  for (const other of others) twins.set(other, latin);
}

/** Two names with the same skeleton look alike: case, accents, invisible characters and look-alike letters are dropped. */
export function skeleton(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\p{M}\p{C}]/gu, '')
    .toLowerCase();
  return Array.from(plain, (letter) => twins.get(letter) ?? letter).join('');
}

/** What was written, short and harmless to print: quoted, with control and invisible characters shown as \u{…}. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const shown = short.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return typeof value === 'string' ? `'${shown}'` : shown;
}
