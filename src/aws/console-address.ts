/** Longest address of a console page that is taken, in characters. */
export const maxDestination = 2000;

// Where AWS signs people in, by partition, and the console that belongs to it (AWS General Reference, "AWS Sign-In endpoints";
// a Region's own endpoint has its code in front).
const consoles: Readonly<Record<string, string>> = {
  'signin.aws.amazon.com': 'console.aws.amazon.com',
  'signin.amazonaws-us-gov.com': 'console.amazonaws-us-gov.com',
  'signin.amazonaws.cn': 'console.amazonaws.cn',
};
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

export function isOnThisMachine(endpoint: URL): boolean {
  return loopbackHosts.includes(endpoint.hostname);
}

/**
 * The domain of the console that a federation endpoint signs in to, such as `console.aws.amazon.com`. Null when the endpoint is
 * none of AWS's: it is given credentials. One on this machine stands in for that of the `aws` partition.
 */
export function consoleDomain(endpoint: URL): string | null {
  if (isOnThisMachine(endpoint)) return 'console.aws.amazon.com';
  if (endpoint.protocol !== 'https:' || endpoint.port !== '' || endpoint.pathname !== '/federation')
    return null;
  const global = endpoint.hostname.replace(/^[a-z]{2,5}(?:-[a-z]+){1,3}-\d{1,2}\.(?=signin\.)/, '');
  return Object.hasOwn(consoles, global) ? (consoles[global] ?? null) : null;
}

/**
 * The console page that somebody wants to be led to: an https address at `domain` or below it, and nothing else, because the
 * sign-in address leads wherever it says. Null when it is none.
 */
export function readDestination(text: string, domain: string): URL | null {
  if (text.length > maxDestination) return null;
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || url.port !== '') return null;
  if (url.username !== '' || url.password !== '') return null;
  return url.hostname === domain || url.hostname.endsWith(`.${domain}`) ? url : null;
}
