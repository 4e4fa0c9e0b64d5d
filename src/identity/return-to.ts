// Any origin will do: it only shows whether an address leaves it.
const here = 'https://daypass.invalid';
const longest = 2_048;

/**
 * The page to come back to after a sign-in, as path, query and fragment; null for anything that could lead to another
 * origin: not starting with one slash, backslashes (browsers read them as slashes, WHATWG URL 4.4), control characters
 * (browsers drop them), or too long.
 */
export function safeReturnTo(text: string): string | null {
  if (text.length > longest || !/^\/(?![/\\])/.test(text) || /[\\\u0000-\u0020\u007f]/.test(text))
    return null;
  if (!URL.canParse(text, here)) return null;
  const url = new URL(text, here);
  // Dots can lead back to a double slash: /.//evil
  if (url.origin !== here || url.pathname.startsWith('//')) return null;
  return `${url.pathname}${url.search}${url.hash}`;
}
