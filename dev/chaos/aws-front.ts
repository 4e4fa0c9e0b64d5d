import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';

/** One AssumeRole as it passed by, in the order of its steps. */
export interface AssumeRoleCall {
  readonly roleSessionName: string;
  /** Whether `session.issuing` of this session was committed, for everybody to see, when the call came by. */
  readonly recordedBefore: boolean;
  /** The whole answer was given to Daypass's side of the connection. */
  answered: boolean;
}

export interface AwsFrontOptions {
  /** The stand-in, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Connections of its own, with which it looks for the record before a call goes on. */
  readonly database: Pick<pg.Pool, 'query'>;
  /** How long a call is held on its way to AWS, and its answer on the way back, in milliseconds. */
  readonly delays?: () => { readonly before: number; readonly after: number };
  /** Told at the moment a call arrives and at the moment its answer is given back. */
  readonly observe?: (moment: 'arrived' | 'answered') => void;
}

/** Stands between Daypass and AWS: slows calls down, and checks of each AssumeRole that it was recorded first. */
export interface AwsFront {
  readonly endpoint: string;
  /** By role session name. */
  readonly calls: ReadonlyMap<string, AssumeRoleCall>;
  close(): Promise<void>;
}

export async function startAwsFront(options: AwsFrontOptions): Promise<AwsFront> {
  const calls = new Map<string, AssumeRoleCall>();
  const recorded = async (roleSessionName: string): Promise<boolean> => {
    const { rows } = await options.database.query<{ yes: boolean }>(
      `SELECT EXISTS (SELECT FROM audit_events WHERE kind = 'session.issuing' AND session = $1) AS yes`,
      [roleSessionName.replace(/^daypass-/, '')],
    );
    return rows[0]?.yes === true;
  };
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const body = await read(request);
      const form = new URLSearchParams(body.toString('utf8'));
      const name = form.get('Action') === 'AssumeRole' ? lentName(form.get('RoleSessionName')) : null;
      let call: AssumeRoleCall | null = null;
      if (name !== null) {
        options.observe?.('arrived');
        call = { roleSessionName: name, recordedBefore: await recorded(name), answered: false };
        calls.set(name, call);
        await pause(options.delays?.().before ?? 0);
      }
      const answer = await forward(options.endpoint, request, body);
      if (call !== null) {
        await pause(options.delays?.().after ?? 0);
        call.answered = true;
        options.observe?.('answered');
      }
      response.writeHead(answer.status, answer.headers).end(answer.body);
    };
    serve().catch(() => response.destroy());
  });
  // Longer than clients keep idle connections, as the stand-in behind it.
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The name, if it is that of a session that is lent to somebody, and not one of Daypass's own. */
export function lentName(roleSessionName: string | null): string | null {
  return roleSessionName?.startsWith('daypass-ses_') === true ? roleSessionName : null;
}

interface Passed {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

// Headers go on exactly as they came: the signature covers them.
async function forward(endpoint: string, request: IncomingMessage, body: Buffer): Promise<Passed> {
  const { hostname, port } = new URL(endpoint);
  const { method, url, rawHeaders } = request;
  const outgoing = send({ hostname, port, method, path: url, headers: rawHeaders, agent: false });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await read(answer) };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
