/**
 * The redirect address of a command-line client on the same machine: `http://127.0.0.1:<port>/…` or `http://[::1]:<port>/…`,
 * any port, no user, query or fragment (RFC 8252, 7.3; names such as localhost are left out as 8.3 advises). Null for
 * anything else.
 */
export function loopbackRedirect(text: string): URL | null {
  const match = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):(\d{1,5})\/[A-Za-z0-9._~/-]{0,200}$/.exec(text);
  const port = Number(match?.[1]);
  if (!(port >= 1 && port <= 65_535) || !URL.canParse(text)) return null;
  return new URL(text);
}
