import { createServer, type ServerResponse } from 'node:http';
import { randomToken } from '../sign-in/pkce.ts';

/** An address on this machine that leads to a secret one, once. */
export interface Lead {
  readonly address: string;
  /** Resolves once the browser was led on; rejects with NobodyCame after the time limit. */
  readonly followed: Promise<void>;
  close(): void;
}

/** Thrown when the browser did not come in time. */
export class NobodyCame extends Error {}

/**
 * Waits on a free port of 127.0.0.1 to lead one browser on to `target`. Whoever can list processes sees the address that a
 * browser is started with: this one is good for a single visit, and `target` is in no argument.
 */
export async function leadBrowser(target: string, timeoutMs: number): Promise<Lead> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const path = `/${randomToken()}`;
  let done = false;
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== path) return answer(response, 404, 'Nothing here.\n');
    if (done) return answer(response, 410, 'This was opened already. Run daypass console again.\n');
    done = true;
    response.setHeader('location', target);
    answer(response, 303, 'On to the AWS console.\n', resolve);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen({ host: '127.0.0.1', port: 0 }, listening);
  });
  const timer = setTimeout(() => reject(new NobodyCame()), timeoutMs);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    address: `http://127.0.0.1:${address.port}${path}`,
    followed: promise,
    close: () => {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, text: string, sent?: () => void): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  response.writeHead(status, headers).end(text, sent);
}
