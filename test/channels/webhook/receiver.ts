import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Listener, startHttps } from '../../egress/servers.ts';
import type { SignedCallOptions } from '../../../src/egress/signed-call.ts';

export const key = Buffer.alloc(32, 7);
export const secretText = `whsec_${key.toString('base64')}`;

export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Answer = {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
};

/** Whoever an operator has Daypass call: keeps what comes, and answers what `answer` says. Its name is idp.test. */
export interface Receiver {
  readonly received: Received[];
  answer: (received: Received) => Answer | Promise<Answer>;
  url(path?: string): URL;
  /** Nobody listens any more, until `start`; the port stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let listener: Listener | null = null;
  let port = 0;
  const receiver: Receiver = {
    received,
    answer: () => ({ status: 204 }),
    url: (path = '/hooks/path-of-the-hook') => new URL(path, `https://idp.test:${port}`),
    async stop() {
      await listener?.stop();
      listener = null;
    },
    async start() {
      listener = await startHttps((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const { headers } = request;
          const body = JSON.parse(text) as Record<string, unknown>;
          const one: Received = { id: String(headers['webhook-id']), headers, text, body };
          received.push(one);
          void Promise.resolve(receiver.answer(one)).then((answer) =>
            response.writeHead(answer.status, answer.headers).end(answer.body),
          );
        });
      }, port);
      port = listener.port;
    },
  };
  await receiver.start();
  return receiver;
}

/** Leads every name to this machine, and lets it be called. */
export const here: Pick<SignedCallOptions, 'egressAllow' | 'resolve'> = {
  egressAllow: ['127.0.0.1'],
  resolve: () => Promise.resolve(['127.0.0.1']),
};

/** What a receiver computes to see whether a message is from Daypass (Standard Webhooks 1.0.0, "Verifying"). */
export function signatureOf({ headers, text }: Received, by = key): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  return `v1,${createHmac('sha256', by).update(signed).digest('base64')}`;
}
