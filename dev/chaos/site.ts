import pg from 'pg';
import { Person } from '../demo/person.ts';
import { type Stack, type StackOptions, startStack } from '../demo/stack.ts';
import type { DevUser } from '../idp/users.ts';
import { type AwsFront, startAwsFront } from './aws-front.ts';
import { type PostgresProxy, type Seen, startPostgresProxy } from './postgres-proxy.ts';

export interface SiteOptions {
  readonly users: readonly DevUser[];
  readonly onStep?: (text: string) => void;
  readonly delays?: () => { readonly before: number; readonly after: number };
  readonly onStatement?: (seen: Seen) => void;
  readonly onAssumeRole?: (moment: 'arrived' | 'answered') => void;
  /** What it runs on; a PostgreSQL of its own when left out. */
  readonly on?: StackOptions['on'];
  /** Another world for the AWS stand-in, or a clock of its own. */
  readonly aws?: StackOptions['aws'];
  /** Extra environment variables of Daypass. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The demo's stack with something watching between Daypass and Postgres, and between Daypass and AWS. */
export interface Site {
  readonly stack: Stack;
  readonly proxy: PostgresProxy;
  readonly front: AwsFront;
  /** Connections that do not go through the proxy. */
  readonly database: pg.Pool;
  /** The URL of the database, as Daypass's own role, past the proxy. */
  readonly databaseUrl: string;
  /** Signed in with a second factor. */
  person(user: DevUser): Promise<Person>;
  stop(): Promise<void>;
}

export async function startSite(options: SiteOptions): Promise<Site> {
  const stops: (() => Promise<unknown>)[] = [];
  const between = async (standard: Readonly<Record<string, string>>) => {
    const databaseUrl = standard.DATABASE_URL ?? '';
    const { hostname, port } = new URL(databaseUrl);
    const proxy = await startPostgresProxy({ host: hostname, port: Number(port) }, options.onStatement);
    stops.push(() => proxy.close());
    const database = new pg.Pool({ connectionString: databaseUrl, max: 4 });
    database.on('error', () => undefined);
    stops.push(() => database.end());
    const front = await startAwsFront({
      endpoint: standard.AWS_ENDPOINT_URL ?? '',
      database,
      ...(options.delays === undefined ? {} : { delays: options.delays }),
      ...(options.onAssumeRole === undefined ? {} : { observe: options.onAssumeRole }),
    });
    stops.push(() => front.close());
    return { proxy, front, database, databaseUrl };
  };
  const parts: Awaited<ReturnType<typeof between>>[] = [];
  const stack = await startStack({
    onStep: options.onStep ?? (() => undefined),
    users: options.users,
    ...(options.on === undefined ? {} : { on: options.on }),
    // An assignment whose id was lost with the process is polled by nobody: it comes to its end by itself, soon enough.
    settling: { polls: 1, seconds: 2 },
    ...(options.aws === undefined ? {} : { aws: options.aws }),
    environment: async (standard) => {
      const made = await between(standard);
      parts.push(made);
      return {
        ...options.environment,
        DATABASE_URL: made.proxy.through(made.databaseUrl),
        AWS_ENDPOINT_URL: made.front.endpoint,
      };
    },
  });
  const [made] = parts;
  if (made === undefined) throw new Error('the stack came up without asking for its environment');
  return {
    stack,
    ...made,
    async person(user) {
      const person = new Person(stack.url, user.key, user.name);
      await person.signIn('otp');
      return person;
    },
    async stop() {
      // While something still stands in between, Daypass goes first.
      await stack.stop();
      for (const stop of stops.toReversed()) await stop();
    },
  };
}
