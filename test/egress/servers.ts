import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';

const certificate = (name: string) => readFileSync(new URL(`./certificate/${name}`, import.meta.url), 'utf8');

export const authorityFile = new URL('./certificate/test-only-authority.pem', import.meta.url).pathname;
export const authority = certificate('test-only-authority.pem');

/** Something that listens on this machine, and counts who came. */
export interface Listener {
  readonly port: number;
  /** Connections that were made to it. */
  connections(): number;
  stop(): Promise<void>;
}

/** An https server whose certificate is for idp.test and 127.0.0.1. @param port any free one when left out */
export function startHttps(handler: RequestListener, port = 0): Promise<Listener> {
  const [cert, key] = [certificate('test-only-server.pem'), certificate('test-only-server.key.pem')];
  return listen(createHttpsServer({ cert, key }, handler), port);
}

export function startHttp(handler: RequestListener): Promise<Listener> {
  return listen(createHttpServer(handler));
}

/** Answers whatever comes with what `talk` writes. */
export function startRaw(talk: (socket: Socket) => void): Promise<Listener> {
  return listen(
    createNetServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => talk(socket));
    }),
  );
}

async function listen(server: Server, at = 0): Promise<Listener> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(at, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
