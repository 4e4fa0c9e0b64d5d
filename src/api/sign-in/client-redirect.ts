/**
 * The address that brings an answer to a command-line client: its redirect address with the answer, its own state (RFC 6749,
 * 4.1.2) and our issuer (RFC 9207).
 */
export function clientRedirect(
  publicUrl: URL,
  client: { readonly redirectUri: string; readonly state: string | null },
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(client.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (client.state !== null) url.searchParams.set('state', client.state);
  url.searchParams.set('iss', publicUrl.origin);
  return url.href;
}
