import { Writable } from 'node:stream';
import { notifyNobody, notify, type Notice } from '../../../src/approvals/notice.ts';
import { reviewRequest } from '../../../src/approvals/review-request.ts';
import { submitRequest } from '../../../src/approvals/submit-request.ts';
import { systemContext } from '../../../src/audit/event.ts';
import type { DeliverDeps } from '../../../src/channels/webhook/deliver-notices.ts';
import { createSignedCall, type SignedCallOptions } from '../../../src/egress/signed-call.ts';
import { Secret } from '../../../src/keys/secret.ts';
import { createLog } from '../../../src/log.ts';
import { callerOf, startWorld, type TestPerson, type World } from '../../approvals/world.ts';
import { here, type Receiver, secretText, startReceiver } from './receiver.ts';

export interface NoticeRow {
  readonly id: string;
  readonly attempts: number;
  readonly failure: string | null;
  readonly delivered_at: Date | null;
  readonly next_try_at: Date;
}

/** Postgres, a receiver, and people who have something to be told. */
export interface Noticing {
  readonly world: World;
  readonly receiver: Receiver;
  readonly alice: TestPerson;
  readonly bob: TestPerson;
  readonly request: string;
  readonly grant: string;
  /** Everything that was logged. */
  logged(): string;
  /** One process that delivers. */
  deps(over?: Partial<SignedCallOptions>): DeliverDeps;
  write(notice?: Partial<Notice>): Promise<string>;
  row(id: string): Promise<NoticeRow>;
  /** As for a new test. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNoticing(): Promise<Noticing> {
  const world = await startWorld();
  const clock = () => world.now();
  const receiver = await startReceiver();
  const alice = await world.person('Alice', ['engineers']);
  const bob = await world.person('Bob', ['approvers']);
  // What is told of these two is none of these tests' notices.
  const quiet = { ...world.deps, notify: notifyNobody };
  const { id: request, digest } = await submitRequest(quiet, callerOf(alice, world.now()), {
    entitlements: ['prod/admin'],
    durationSeconds: 900,
    reason: 'to mend it',
  });
  if (request === null) throw new Error('no request was made');
  const { grants } = await reviewRequest(quiet, callerOf(bob, world.now()), {
    id: request,
    decision: 'approve',
    digest,
  });
  let logged = '';
  const log = createLog(
    'trace',
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString();
        done();
      },
    }),
  );
  return {
    world,
    receiver,
    alice,
    bob,
    request,
    grant: grants[0]?.id ?? '',
    logged: () => logged,
    deps: (over = {}) => ({
      db: world.pool.db,
      clock,
      random: () => 1,
      publicUrl: new URL('https://daypass.example.com'),
      report: (error, notice) => log.error({ err: error, notice }, 'fault in a notice'),
      call: createSignedCall({
        url: receiver.url(),
        secret: new Secret(secretText),
        clock,
        ...here,
        ...over,
      }),
    }),
    async write(notice = {}) {
      let id = '';
      await world.deps.transact(systemContext, async (work) => {
        notify(work, { kind: 'request.submitted', request, people: [bob.id], body: {}, ...notice });
        const { rows } = await work.queries.execute<{ id: string }>('SELECT max(id) AS id FROM notices');
        id = rows[0]?.id ?? '';
      });
      return id;
    },
    async row(id) {
      const { rows } = await world.root.query<NoticeRow>('SELECT * FROM notices WHERE id = $1', [id]);
      const [row] = rows;
      if (row === undefined) throw new Error(`there is no notice ${id}`);
      return row;
    },
    async clear() {
      receiver.received.splice(0);
      receiver.answer = () => ({ status: 204 });
      logged = '';
      await world.root.query('TRUNCATE notices');
    },
    async stop() {
      await receiver.stop();
      await world.stop();
    },
  };
}
