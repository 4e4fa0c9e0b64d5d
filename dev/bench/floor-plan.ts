import type { Action, FloorPlan, Statement } from './plan.ts';
import { type Row, type Sample, scratch, type ScratchTable } from './sample.ts';
import { Templates } from './template.ts';

/** The parameters of the AssumeRole call of a session, as the AWS stand-in saw them. */
export type CallOf = (sessionId: string) => Readonly<Record<string, unknown>>;

/**
 * What the floor does, from what Daypass wrote once. A lifecycle is five commits: ask, approve (with the activation),
 * attempt, outcome, end. What jobs do on their own is left out: the floor never makes more commits than Daypass.
 */
export function lifecyclePlan(sample: Sample, callOf: CallOf): FloorPlan {
  const first = text(sample.sessions[0]?.['id']);
  const draft = new Draft(sample, [sample.request['id'], sample.grant['id'], first]);
  return {
    places: draft.templates.places,
    steps: [
      { name: 'ask', actions: [draft.commit(['request.submitted'])] },
      {
        name: 'approve',
        actions: [
          draft.commit([
            'review.recorded',
            'request.approved',
            'grant.scheduled',
            'grant.activating',
            'grant.active',
          ]),
        ],
      },
      {
        name: 'credentials',
        actions: [
          draft.commit(['session.issuing'], first),
          draft.call(callOf(first)),
          draft.commit(['session.issued'], first),
        ],
      },
      { name: 'end', actions: [draft.commit(['grant.ending'])] },
    ],
  };
}

/** Credentials on a live grant: two commits, and the call between them. From the second session of the sample. */
export function credentialsPlan(sample: Sample, callOf: CallOf): FloorPlan {
  const second = text(sample.sessions[1]?.['id']);
  const draft = new Draft(sample, [second]);
  return {
    places: draft.templates.places,
    steps: [
      {
        name: 'credentials',
        actions: [
          draft.commit(['session.issuing'], second),
          draft.call(callOf(second)),
          draft.commit(['session.issued'], second),
        ],
      },
    ],
  };
}

const asAdded = { state: 'created', started_on: null, completed_on: null, output: null, retry_count: '0' };
const neverEnded = { ended_because: null, ending_since: null, ended_at: null, evidence: null };

class Draft {
  readonly templates = new Templates();
  readonly #sample: Sample;

  constructor(sample: Sample, fresh: readonly (string | null | undefined)[]) {
    this.#sample = sample;
    for (const id of fresh) this.templates.freshen(text(id), text(id).slice(0, 3));
    for (const row of [...sample.events, ...sample.reviews])
      this.templates.freshen(text(row['id']), text(row['id']).slice(0, 3));
    for (const row of sample.jobs) this.templates.freshen(text(row['id']), 'uuid');
    for (const row of sample.sessions) this.templates.freshen(text(row['access_key_id']), 'key');
  }

  call(parameters: Readonly<Record<string, unknown>>): Action {
    const input = { ...parameters, DurationSeconds: Number(parameters['DurationSeconds']) };
    return { assumeRole: this.templates.of(JSON.stringify(input)) };
  }

  /** One commit with the events of these kinds and all rows that Daypass writes beside them. */
  commit(kinds: readonly string[], session?: string): Action {
    const inserts = new Map<ScratchTable, Row[]>();
    const updates: Statement[] = [];
    const insert = (table: ScratchTable, ...rows: readonly Row[]): void => {
      inserts.set(table, [...(inserts.get(table) ?? []), ...rows]);
    };
    for (const kind of kinds) {
      const event = this.#event(kind, session);
      insert('audit_events', event);
      const personal = this.#sample.personal.filter((row) => row['event_id'] === event['id']);
      if (personal.length > 0) insert('audit_personal_data', ...personal);
      updates.push(...this.#rowsBeside(kind, session, insert));
    }
    return { commit: [...[...inserts].map(([table, rows]) => this.#insert(table, rows)), ...updates] };
  }

  #rowsBeside(
    kind: string,
    sessionId: string | undefined,
    insert: (table: ScratchTable, ...rows: readonly Row[]) => void,
  ): Statement[] {
    const { request, grant, requestEntitlements, reviews, sessions } = this.#sample;
    const session = sessions.find((row) => row['id'] === sessionId) ?? {};
    switch (kind) {
      case 'request.submitted':
        insert('requests', { ...request, state: 'pending', prior_state: 'new', decided_at: null });
        insert('request_entitlements', ...requestEntitlements);
        return [];
      case 'review.recorded':
        insert('reviews', ...reviews);
        return [];
      case 'request.approved':
        return [this.#update('requests', request, ['state', 'prior_state', 'decided_at'])];
      case 'grant.scheduled':
        insert('grants', { ...grant, ...neverEnded, state: 'scheduled', prior_state: 'new', attempts: '0' });
        return [];
      case 'grant.activating':
        return [this.#update('grants', { ...grant, state: 'activating', prior_state: 'scheduled' }, moved)];
      case 'grant.active':
        return [this.#update('grants', { ...grant, state: 'active', prior_state: 'activating' }, moved)];
      case 'session.issuing':
        insert('sessions', {
          ...session,
          state: 'issuing',
          prior_state: 'new',
          access_key_id: null,
          expiration: null,
          settled_at: null,
        });
        return [];
      case 'session.issued':
        return [this.#update('sessions', session, settled)];
      case 'grant.ending':
        // The job that writes the deny; what it does with AWS afterwards is Daypass's own and no part of the floor.
        insert('job', this.#job('boundary.write', 0));
        return [
          this.#update('grants', { ...grant, ...ending }, [
            ...moved,
            'ended_because',
            'ending_since',
            'attempts',
          ]),
        ];
      default:
        throw new Error(`the floor does not know what goes with ${kind}`);
    }
  }

  #event(kind: string, session: string | undefined): Row {
    const found = this.#sample.events.find(
      (row) => row['kind'] === kind && (!kind.startsWith('session.') || row['session'] === session),
    );
    if (found === undefined) throw new Error(`Daypass wrote no ${kind}`);
    return found;
  }

  #job(name: string, place: number, subject?: string): Row {
    const found = this.#sample.jobs.filter(
      (row) => row['name'] === name && (subject === undefined || text(row['data']).includes(subject)),
    )[place];
    if (found === undefined) throw new Error(`Daypass added no ${name} (${place + 1})`);
    return { ...found, ...asAdded };
  }

  #insert(table: ScratchTable, rows: readonly Row[]): Statement {
    const columns = Object.keys(rows[0] ?? {});
    const tuples = rows.map(
      (_, row) => `(${columns.map((_column, i) => `$${row * columns.length + i + 1}`).join(', ')})`,
    );
    return {
      name: `${table}+${rows.length}`,
      text: `INSERT INTO ${scratch}.${table} (${columns.map((c) => `"${c}"`).join(', ')}) VALUES ${tuples.join(', ')}`,
      values: rows.flatMap((row) => columns.map((column) => this.templates.of(row[column] ?? null))),
    };
  }

  #update(table: ScratchTable, row: Row, columns: readonly string[]): Statement {
    const sets = columns.map((column, i) => `"${column}" = $${i + 2}`);
    return {
      name: `${table}=${columns.length}`,
      text: `UPDATE ${scratch}.${table} SET ${sets.join(', ')} WHERE id = $1`,
      values: ['id', ...columns].map((column) => this.templates.of(row[column] ?? null)),
    };
  }
}

const moved = ['state', 'prior_state'];
const settled = [...moved, 'settled_at', 'failure', 'access_key_id', 'expiration', 'last_possible_use'];
const ending = { state: 'ending', prior_state: 'active' };

function text(value: string | null | undefined): string {
  if (value === null || value === undefined || value === '') throw new Error('the sample is incomplete');
  return value;
}
