import { shellQuote } from '../shell-quote.ts';
import type { Challenge } from './challenge.ts';

/** How a server other than the saved one is named in a command to copy: empty for the saved one. */
function serverOption(url: string, savedUrl: string | undefined): string {
  return url === savedUrl ? '' : ` --url ${shellQuote(url)}`;
}

/** The one line for somebody who is not signed in. */
export function signInAdvice(url: string, savedUrl: string | undefined): string {
  return `not signed in: run daypass login${serverOption(url, savedUrl)}`;
}

/** The one line that says how to meet a challenge by hand, ready to copy into a shell. */
export function stepUpAdvice(
  url: string,
  savedUrl: string | undefined,
  challenge: Challenge,
  totp: boolean,
): string {
  const server = serverOption(url, savedUrl);
  const acr = challenge.acrValues === null ? '' : ` ${shellQuote(challenge.acrValues)}`;
  const age = challenge.maxAge === null ? '' : ` --max-age ${challenge.maxAge}`;
  const code = totp ? `, or daypass factor verify${server} with your one-time-code app` : '';
  return `a stronger or fresher sign-in is needed: run daypass login${server} --step-up${acr}${age}${code}`;
}
