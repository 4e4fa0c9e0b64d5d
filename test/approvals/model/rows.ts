import type pg from 'pg';
import type { TestPerson } from '../world.ts';
import { type EntitlementId, type Name, names } from './catalog.ts';

/** What a sequence has made, as the rows say. Times are seconds since it began. */
export interface Observed {
  /** By what stands in their reason. */
  readonly requests: Readonly<Record<string, ObservedRequest>>;
  readonly delegations: Readonly<Record<string, ObservedDelegation>>;
}

export interface ObservedDelegation {
  readonly id: string;
  readonly of: Name;
  readonly to: Name;
  readonly ended: boolean;
  /** How many events there are about it. */
  readonly events: number;
}

export interface ObservedRequest {
  readonly id: string;
  readonly requester: Name;
  readonly askedBy: Name;
  readonly state: string;
  readonly basis: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Oldest first; the last one is what is asked for. */
  readonly versions: readonly { readonly digest: string; readonly content: Content }[];
  readonly reviews: readonly {
    readonly by: Name;
    readonly decision: string;
    readonly digest: string;
    readonly behalf: Name | null;
    readonly withdrawn: boolean;
  }[];
  readonly grants: readonly {
    readonly id: string;
    readonly entitlement: EntitlementId;
    readonly person: Name;
    readonly state: string;
    readonly startsAt: number;
    readonly endsAt: number;
    readonly because: string | null;
  }[];
  /** Kinds of events, sorted. */
  readonly events: readonly string[];
}

/** The part of a stored content that is looked at here. */
export interface Content {
  readonly durationSeconds: number;
  readonly reason: string;
  readonly entitlements: readonly {
    readonly id: EntitlementId;
    readonly approve:
      | { readonly groups: readonly string[]; readonly count: number }
      | { readonly steps: readonly { readonly name: string; readonly count: number | 'all' }[] };
  }[];
  readonly skipped?: Readonly<Record<string, readonly string[]>>;
  readonly byRule?: Readonly<Record<string, string>>;
}

const query = `
SELECT r.id, r.requester, r.asked_by, r.state, r.basis, r.content, r.digest, r.created_at, r.expires_at,
  ARRAY(
    SELECT jsonb_build_object('digest', v.digest, 'content', v.content) FROM request_versions v WHERE v.request_id = r.id
    ORDER BY (v.content ->> 'durationSeconds')::int DESC, jsonb_array_length(v.content -> 'entitlements') DESC
  ) AS versions,
  ARRAY(
    SELECT jsonb_build_object('by', v.reviewer, 'decision', v.decision, 'digest', v.digest, 'behalf', v.on_behalf_of,
      'withdrawn', v.withdrawn_at IS NOT NULL)
    FROM reviews v WHERE v.request_id = r.id ORDER BY v.id
  ) AS reviews,
  ARRAY(
    SELECT jsonb_build_object('id', g.id, 'entitlement', g.entitlement, 'person', g.person_id, 'state', g.state,
      'startsAt', extract(epoch FROM g.starts_at), 'endsAt', extract(epoch FROM g.ends_at), 'because', g.ended_because)
    FROM grants g WHERE g.request_id = r.id ORDER BY g.entitlement
  ) AS grants,
  ARRAY(
    SELECT e.kind FROM audit_events e WHERE e.request = r.id AND e.kind ~ '^(request|review|grant)[.]' ORDER BY e.kind COLLATE "C"
  ) AS events
FROM requests r WHERE r.id > $1`;

const handedOver = `
SELECT d.because AS label, d.id, d.principal AS "of", d.delegate AS "to", d.ended_at IS NOT NULL AS ended,
  (SELECT count(*)::int FROM audit_events e WHERE e.subject = d.delegate AND e.kind ~ '^delegation[.]'
    AND e.id > 'evt_' || substr($1, 5) AND e.leaf::jsonb #>> '{details,delegation}' = d.id) AS events
FROM delegations d WHERE d.id > $1 ORDER BY d.id`;

interface DelegationRow {
  readonly label: string;
  readonly id: string;
  readonly of: string;
  readonly to: string;
  readonly ended: boolean;
  readonly events: number;
}

interface Row {
  readonly id: string;
  readonly requester: string;
  readonly asked_by: string;
  readonly state: string;
  readonly basis: string | null;
  readonly content: Content;
  readonly digest: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly versions: { digest: string; content: Content }[];
  readonly reviews: {
    by: string;
    decision: string;
    digest: string;
    behalf: string | null;
    withdrawn: boolean;
  }[];
  readonly grants: {
    id: string;
    entitlement: EntitlementId;
    person: string;
    state: string;
    startsAt: number;
    endsAt: number;
    because: string | null;
  }[];
  readonly events: string[];
}

/**
 * Reads the requests made since a sequence began.
 * @param begin.floor an id before all of them
 * @param begin.since when it began, in milliseconds
 */
export async function observe(
  client: pg.Client,
  begin: {
    readonly floor: string;
    readonly since: number;
    readonly people: Readonly<Record<Name, TestPerson>>;
  },
): Promise<Observed> {
  const { rows } = await client.query<Row>(query, [begin.floor]);
  const name = (id: string): Name => {
    const found = names.find((one) => begin.people[one].id === id);
    if (found === undefined) throw new Error(`${id} is nobody`);
    return found;
  };
  const after = (milliseconds: number) => (milliseconds - begin.since) / 1000;
  const requests = rows.map((row): [string, ObservedRequest] => [
    row.content.reason,
    {
      id: row.id,
      requester: name(row.requester),
      askedBy: name(row.asked_by),
      state: row.state,
      basis: row.basis,
      createdAt: after(row.created_at.getTime()),
      expiresAt: after(row.expires_at.getTime()),
      versions: [...row.versions, { digest: row.digest, content: row.content }],
      reviews: row.reviews.map(({ by, behalf, ...rest }) => ({
        ...rest,
        by: name(by),
        behalf: behalf === null ? null : name(behalf),
      })),
      grants: row.grants.map(({ person, startsAt, endsAt, ...rest }) => ({
        ...rest,
        person: name(person),
        startsAt: after(startsAt * 1000),
        endsAt: after(endsAt * 1000),
      })),
      events: row.events,
    },
  ]);
  const delegations = await client.query<DelegationRow>(handedOver, [begin.floor.replace('req_', 'dlg_')]);
  return {
    requests: Object.fromEntries(requests),
    delegations: Object.fromEntries(
      delegations.rows.map(({ label, of, to, ...rest }) => [label, { ...rest, of: name(of), to: name(to) }]),
    ),
  };
}
