import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** `down` cuts every connection without a byte, `error` answers 503, `slow` takes the request and never answers. */
export type IdpFault = 'down' | 'error' | 'slow';

/** Puts a switch in front of a whole server, so that a test can make all of it fail, and come back. */
export class FaultSwitch {
  #fault: IdpFault | null = null;

  set(fault: IdpFault | null): void {
    this.#fault = fault;
  }

  /** Wraps `handler`; a request is judged when it arrives. */
  guard(handler: RequestListener): RequestListener {
    return (req: IncomingMessage, res: ServerResponse) => {
      switch (this.#fault) {
        case null:
          handler(req, res);
          return;
        case 'down':
          req.socket.destroy();
          return;
        case 'error':
          res.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' });
          res.end('The identity provider is not available.\n');
          return;
        case 'slow':
          // Held open until the caller gives up or the provider stops.
          return;
      }
    };
  }
}
