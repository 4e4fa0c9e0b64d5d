import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { FrontendReader, ReadyCounter, statementOf, startupParameter } from './frontend-messages.ts';

/**
 * `before`: Postgres never sees the statement. `after`: Postgres carries it out, and the answer is lost; what was sent right
 * behind it may be carried out, too.
 */
export type CutWhen = 'before' | 'after';

export interface Cut {
  /** Counts from one, over the statements of Daypass's own connections (not of its job queue) after arming. */
  readonly statement: number;
  readonly when: CutWhen;
  /** Whether new connections are refused from then on, until `recover`. */
  readonly refuse: boolean;
}

/** A statement on its way, or its answer. `connection` numbers the connections in the order they came. */
export interface Seen {
  readonly connection: number;
  readonly application: string;
  readonly sql: string;
  readonly what: 'sent' | 'answered';
}

/** What happened since arming. */
export interface Recovered {
  /** The statement that was cut; null when none was. */
  readonly hit: string | null;
  /** The statements that were counted, in their order. */
  readonly trace: readonly string[];
}

/** Stands between Daypass and PostgreSQL, knows where statements begin and end, and cuts where it is told. */
export interface PostgresProxy {
  /** The same URL by way of this proxy. */
  through(url: string): string;
  /** Counts statements from here on, and cuts every connection at the chosen one; null: only counts. */
  arm(cut: Cut | null): void;
  /** Forgets the cut, accepts connections again. */
  recover(): Recovered;
  close(): Promise<void>;
}

interface Link {
  readonly number: number;
  readonly client: Socket;
  readonly server: Socket;
  application: string;
  /** Statements that were sent on and not answered yet, oldest first. */
  readonly waiting: string[];
  /** The text of each statement by the name it was prepared under. */
  readonly prepared: Map<string, string>;
  /** A statement has begun and its end (Sync) has not come by. */
  open: boolean;
}

/** `observe` hears of every statement before it goes on, and of its answer before that does. */
export async function startPostgresProxy(
  target: { readonly host: string; readonly port: number },
  observe: (seen: Seen) => void = () => undefined,
): Promise<PostgresProxy> {
  const links = new Set<Link>();
  let connections = 0;
  let cut: Cut | null = null;
  let trace: string[] = [];
  let hit: string | null = null;
  let refusing = false;

  const cutAll = (sql: string, { refuse }: Cut): void => {
    hit = sql;
    refusing = refuse;
    cut = null;
    for (const link of links) drop(link);
  };
  const drop = (link: Link): void => {
    links.delete(link);
    link.client.resetAndDestroy();
    link.server.destroy();
  };

  /** Whether the message goes on to the server. */
  const beginStatement = (link: Link, sql: string): boolean => {
    link.open = true;
    observe({ connection: link.number, application: link.application, sql, what: 'sent' });
    if (link.application === 'daypass') {
      trace.push(sql);
      if (trace.length === cut?.statement) {
        if (cut.when === 'before') {
          cutAll(sql, cut);
          return false;
        }
        awaited = { link, cut, ahead: link.waiting.length };
      }
    }
    link.waiting.push(sql);
    return true;
  };
  // The statement to cut at, until as many answers as were due before its own have come by.
  let awaited: { readonly link: Link; readonly cut: Cut; ahead: number } | null = null;

  const server = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    const link: Link = {
      number: ++connections,
      client,
      server: upstream,
      application: '',
      waiting: [],
      prepared: new Map(),
      open: false,
    };
    links.add(link);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        links.delete(link);
        client.destroy();
        upstream.destroy();
      });
    }
    const reader = new FrontendReader();
    client.on('data', (chunk) => {
      for (const message of reader.read(chunk)) {
        if (message.type === '') link.application = startupParameter(message.body, 'application_name') ?? '';
        const part = statementOf(message);
        if (part !== null) {
          const sql = part.sql ?? link.prepared.get(part.name) ?? '';
          link.prepared.set(part.name, sql);
          if (!link.open && !beginStatement(link, sql)) return;
        }
        if (message.type === 'Q' || message.type === 'S') link.open = false;
        upstream.write(message.bytes);
      }
    });
    const ready = new ReadyCounter();
    let started = false;
    upstream.on('data', (chunk) => {
      for (let times = ready.read(chunk); times > 0; times--) {
        // The first one ends the sign-in to the database, not a statement.
        if (!started) {
          started = true;
          continue;
        }
        const sql = link.waiting.shift() ?? '';
        observe({ connection: link.number, application: link.application, sql, what: 'answered' });
        if (awaited?.link === link && awaited.ahead-- === 0) {
          const { cut: due } = awaited;
          awaited = null;
          cutAll(sql, due);
          return;
        }
      }
      client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    through(url) {
      const other = new URL(url);
      other.hostname = '127.0.0.1';
      other.port = String(port);
      return other.toString();
    },
    arm(next) {
      cut = next;
      trace = [];
      hit = null;
    },
    recover() {
      cut = null;
      awaited = null;
      refusing = false;
      return { hit, trace: [...trace] };
    },
    async close() {
      for (const link of links) drop(link);
      server.close();
      await once(server, 'close');
    },
  };
}
