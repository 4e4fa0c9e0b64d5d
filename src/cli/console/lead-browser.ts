import { answerLocally, serveLocally } from '../local-page.ts';
import { randomToken } from '../sign-in/pkce.ts';

/** An address on this machine that leads to a secret one, once. */
export interface Lead {
  readonly address: string;
  /** Resolves once the browser was led on; rejects with NobodyCame after the time limit. */
  readonly followed: Promise<void>;
  close(): void;
}

/**
 * Waits on a free port of 127.0.0.1 to lead one browser on to `target`. Whoever can list processes sees the address that a
 * browser is started with: this one is good for a single visit, and `target` is in no argument.
 */
export async function leadBrowser(target: string, timeoutMs: number): Promise<Lead> {
  const path = `/${randomToken()}`;
  let done = false;
  const page = await serveLocally<void>(timeoutMs, (request, response, visit) => {
    if (request.method !== 'GET' || request.url !== path)
      return answerLocally(response, 404, 'Nothing here.\n');
    if (done) return answerLocally(response, 410, 'This was opened already. Run daypass console again.\n');
    done = true;
    response.setHeader('location', target);
    answerLocally(response, 303, 'On to the AWS console.\n', visit);
  });
  return { address: `${page.origin}${path}`, followed: page.visited, close: page.close };
}
