import type { IAMClient } from '@aws-sdk/client-iam';
import { ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import { ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentials } from '../../src/aws/identity-check.ts';
import { type Answer, type Probe, readError } from './probe.ts';

type Client = IAMClient | S3Client | STSClient;

/** Clients that act with one session's credentials. */
export interface SessionClients {
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly sts: STSClient;
  /** Without TLS. */
  plainS3(): S3Client;
}

/** How clients are made. */
export type Connect = (credentials: AwsCredentials) => SessionClients;

export interface Session extends SessionClients {
  /** Calls of two services that deny separately: IAM's and S3's ideas of a policy may differ for a while. */
  readonly probes: readonly Probe[];
  readonly listBuckets: Probe;
  readonly listAliases: Probe;
  readonly listObjects: (bucket: string) => Probe;
  /** Any call, and how AWS answered it. @param send is told when to give up */
  ask(send: (signal: AbortSignal) => Promise<unknown>): Promise<Answer>;
}

/** @param signal ends every call at once */
export function openSession(clients: SessionClients, signal: AbortSignal): Session {
  let at: Date | null = null;
  for (const client of [clients.iam, clients.s3, clients.sts]) {
    noteDate(client, (date) => {
      at = date;
    });
  }
  const ask = async (send: (signal: AbortSignal) => Promise<unknown>): Promise<Answer> => {
    signal.throwIfAborted();
    try {
      await send(signal);
      return { kind: 'allowed', deniedBy: null, text: '', at };
    } catch (error) {
      signal.throwIfAborted();
      return readError(error, at);
    }
  };
  const probe = (name: string, send: (signal: AbortSignal) => Promise<unknown>): Probe => {
    return { name, ask: () => ask(send) };
  };
  const listBuckets = probe('s3:ListAllMyBuckets', (abortSignal) =>
    clients.s3.send(new ListBucketsCommand({}), { abortSignal }),
  );
  const listAliases = probe('iam:ListAccountAliases', (abortSignal) =>
    clients.iam.send(new ListAccountAliasesCommand({}), { abortSignal }),
  );
  return {
    ...clients,
    ask,
    listBuckets,
    listAliases,
    probes: [listBuckets, listAliases],
    listObjects: (Bucket) =>
      probe('s3:ListBucket', (abortSignal) =>
        clients.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }), { abortSignal }),
      ),
  };
}

interface DatedResponse {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** AWS's own time of every answer, errors included. */
function noteDate(client: Client, note: (date: Date | null) => void): void {
  const stack = client.middlewareStack as STSClient['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const reply = await next(args);
      const text = (reply.response as DatedResponse).headers?.['date'];
      const date = text === undefined ? null : new Date(text);
      note(date === null || Number.isNaN(date.getTime()) ? null : date);
      return reply;
    },
    // Before the answer is read: errors are thrown there.
    { step: 'deserialize', priority: 'low', name: 'noteDate' },
  );
}
