import type { Persona } from '../hostile/world.ts';
import { ask, beginHistory, type Daypass, type History } from './history.ts';

const names = ['engineer', 'approver', 'auditor', 'operator', 'operator2', 'operator3'] as const;
type Name = (typeof names)[number];
const groups: Partial<Record<Name, string>> = {
  engineer: 'engineers',
  approver: 'approvers',
  auditor: 'auditors',
};
const gates = ['requests', 'reviews', 'grants', 'sessions'] as const;

/** A Daypass that was put back to yesterday and has closed, and what there was yesterday. */
export interface Yesterday {
  readonly history: History;
  readonly daypass: Daypass;
  /** As they are signed in: at first with tokens of yesterday. */
  readonly people: Readonly<Record<Name, Persona>>;
  /** A grant that was active, with a session. */
  readonly grant: string;
  /** A grant for tomorrow. */
  readonly later: string;
  /** A request that waited for an answer. */
  readonly pending: string;
  /** Asks the database as its superuser. */
  readonly rows: (text: string) => Promise<Record<string, unknown>[]>;
  /** Does something that is refused while it is closed, as if it were open. */
  readonly pastTheGates: <T>(work: () => Promise<T>) => Promise<T>;
  readonly move: (seconds: number) => void;
  /** Back to the time of the machine, which the stand-in for AWS tells. */
  readonly moveBack: () => void;
  /** Signs everybody in again, some time later. */
  readonly signInAgain: () => Promise<void>;
}

export async function putBackToYesterday(): Promise<Yesterday> {
  const history = await beginHistory();
  const before = await history.start();
  const people = {} as Record<Name, Persona>;
  for (const name of names) people[name] = await before.world.person(name, [groups[name] ?? 'operators']);
  const known = await liveThroughTheDay(before, people);
  await before.keeper.keep();
  await before.stop();
  const copy = await history.copy();

  const since = await history.start();
  await since.call(people.engineer, 'POST', `/v1/grants/${known.grant}/end`);
  await since.keeper.keep();
  await since.stop();

  const daypass = await history.start({ database: copy });
  await daypass.keeper.keep();
  const { world } = daypass;
  let moved = 0;
  const move = (seconds: number) => {
    moved += seconds;
    world.move(seconds);
  };
  const rows = (text: string) => world.sql<Record<string, unknown>>(text);
  return {
    ...known,
    history,
    daypass,
    people,
    rows,
    async pastTheGates(work) {
      for (const table of gates) await rows(`ALTER TABLE ${table} DISABLE TRIGGER ${table}_while_closed`);
      try {
        return await work();
      } finally {
        for (const table of gates) await rows(`ALTER TABLE ${table} ENABLE TRIGGER ${table}_while_closed`);
      }
    },
    move,
    moveBack: () => move(-moved),
    async signInAgain() {
      move(120);
      for (const name of names) people[name] = await world.signIn(people[name].id);
    },
  };
}

async function liveThroughTheDay(
  { world, call, getAccess }: Daypass,
  { engineer, approver, auditor }: Record<Name, Persona>,
): Promise<Pick<Yesterday, 'grant' | 'later' | 'pending'>> {
  const grant = await getAccess(engineer, approver);
  const startAt = new Date(world.deps.clock().getTime() + 86_400_000).toISOString();
  const asked = await call(engineer, 'POST', '/v1/requests', { ...ask, startAt });
  const review = { decision: 'approve', digest: asked.body['digest'] };
  await call(approver, 'POST', `/v1/requests/${String(asked.body['id'])}/reviews`, review);
  const [scheduled] = await world.sql<{ id: string }>("SELECT id FROM grants WHERE state = 'scheduled'");
  const pending = await call(engineer, 'POST', '/v1/requests', ask);
  await call(engineer, 'POST', '/v1/factors/totp');
  const soon = `now() + interval '1 hour'`;
  for (const statement of [
    'UPDATE totp_factors SET last_used_step = 1',
    `INSERT INTO chat_links VALUES ('slack', 'T1', 'U1', '${approver.id}', now())`,
    `INSERT INTO chat_link_codes VALUES ('\\x01', '${engineer.id}', ${soon})`,
    `INSERT INTO sign_in_attempts VALUES ('\\x01', '\\x01', 'n', '\\x01', '{}', ${soon})`,
    `INSERT INTO authorization_codes SELECT '\\x01', id, 'x', 'x', ${soon} FROM sign_ins LIMIT 1`,
  ])
    await world.sql(statement);
  await world.sql(`UPDATE people SET groups = groups || '{vault-people}' WHERE id = '${auditor.id}'`);
  await call(approver, 'POST', '/v1/delegations', {
    delegate: auditor.id,
    endsAt: startAt,
    because: 'Away',
  });
  return { grant, later: scheduled?.id ?? '', pending: String(pending.body['id']) };
}
