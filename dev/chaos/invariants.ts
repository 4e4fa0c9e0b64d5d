import type pg from 'pg';
import { verifyEvent } from '../../src/audit/verify.ts';
import type { AuditKey } from '../../src/audit/record.ts';
import { openPool } from '../../src/db/pool.ts';
import type { LogEntry } from '../aws/log.ts';
import { type AssumeRoleCall, lentName } from './aws-front.ts';

export interface Evidence {
  readonly database: Pick<pg.Pool, 'query'>;
  readonly databaseUrl: string;
  readonly auditKey: AuditKey;
  /** Access key id to grant, for everything that any client received. */
  readonly received: ReadonlyMap<string, string>;
  readonly calls: ReadonlyMap<string, AssumeRoleCall>;
  readonly awsLog: readonly LogEntry[];
  /** What is still assigned in IAM Identity Center. */
  readonly assignments: readonly { readonly principalId: string; readonly permissionSetArn: string }[];
}

// What must never be found once everything has settled. Each query lists the offenders.
export const offences = [
  ['a session is stuck issuing', `SELECT id FROM sessions WHERE state = 'issuing'`],
  [
    'a grant never reached its end',
    `SELECT id || ' ' || state AS id FROM grants WHERE state NOT IN ('ended', 'failed')`,
  ],
  ['a grant failed', `SELECT id || ' ' || failure AS id FROM grants WHERE state = 'failed'`],
  [
    'an approved request lacks a grant',
    `SELECT r.id FROM requests r JOIN request_entitlements e ON e.request_id = r.id WHERE r.state = 'approved'
       AND NOT EXISTS (SELECT FROM grants g WHERE g.request_id = r.id AND g.entitlement = e.entitlement)`,
  ],
  [
    'a request was decided twice, or without a record',
    `SELECT r.id FROM requests r WHERE r.state IN ('approved', 'denied') AND (
       SELECT count(*) FROM audit_events e WHERE e.request = r.id AND e.kind IN ('request.approved', 'request.denied')) <> 1`,
  ],
  [
    'a review has no record, or several',
    `SELECT v.id FROM reviews v WHERE (SELECT count(*) FROM audit_events e
       WHERE e.request = v.request_id AND e.kind = 'review.recorded' AND e.actor = v.reviewer) <> 1`,
  ],
  [
    'a grant took a step twice',
    `SELECT "grant" || ' ' || kind AS id FROM audit_events WHERE kind LIKE 'grant.%' GROUP BY "grant", kind HAVING count(*) > 1`,
  ],
  [
    'a session has no record of its outcome, or several',
    `SELECT s.id FROM sessions s WHERE (SELECT count(*) FROM audit_events e WHERE e.session = s.id
       AND e.kind IN ('session.issued', 'session.failed', 'session.unknown')) <> 1`,
  ],
  [
    'a grant ended while something of it could still be used',
    `SELECT g.id FROM grants g JOIN sessions s ON s.grant_id = g.id WHERE g.ended_at < s.last_possible_use
       AND g.evidence ->> 'kind' <> 'denied_in_aws'`,
  ],
] as const satisfies readonly (readonly [string, string])[];
export type Offence = (typeof offences)[number][0];

/** Every broken promise, in words, worst first; an empty list when all hold. Call it once everything has settled. */
export async function findViolations(evidence: Evidence): Promise<string[]> {
  return [
    ...(await unrecordedCredentials(evidence)),
    ...unrecordedCalls(evidence),
    ...evidence.assignments.map(
      ({ principalId, permissionSetArn }) => `${permissionSetArn} is still assigned to ${principalId}`,
    ),
    ...(await unknownToDaypass(evidence)),
    ...(await offenders(evidence)),
    ...(await brokenEvents(evidence)),
  ];
}

export async function unrecordedCredentials({
  database,
  received,
}: Pick<Evidence, 'database' | 'received'>): Promise<string[]> {
  const { rows } = await database.query<{ key: string; grant: string }>(
    `SELECT key, "grant" FROM unnest($1::text[], $2::text[]) AS had(key, "grant") WHERE NOT EXISTS (
       SELECT FROM audit_events e WHERE e.kind = 'session.issued' AND e.access_key_id = had.key AND e."grant" = had."grant"
         AND e.leaf::jsonb -> 'details' ->> 'handedOut' = 'true')`,
    [[...received.keys()], [...received.values()]],
  );
  return rows.map(({ key, grant }) => `a client has ${key} of ${grant} without its session.issued event`);
}

export function unrecordedCalls({ calls, awsLog }: Pick<Evidence, 'calls' | 'awsLog'>): string[] {
  return awsLog
    .filter(({ action }) => action === 'AssumeRole')
    .map(({ parameters }) => lentName(String(parameters['RoleSessionName'])))
    .filter((name) => name !== null)
    .filter((name) => calls.get(name)?.recordedBefore !== true)
    .map((name) => `AWS was asked for ${name} before session.issuing was committed`);
}

/** What AWS issued is on record as issued under that key, or as unknown: never as failed, and never nowhere. */
export async function unknownToDaypass({
  database,
  awsLog,
}: Pick<Evidence, 'database' | 'awsLog'>): Promise<string[]> {
  const { rows } = await database.query<{ name: string; state: string; key: string | null }>(
    'SELECT role_session_name AS name, state, access_key_id AS key FROM sessions',
  );
  const sessions = new Map(rows.map((row) => [row.name, row]));
  return awsLog.flatMap(({ action, parameters, issuedAccessKeyId, fault }) => {
    const name = lentName(String(parameters['RoleSessionName']));
    if (action !== 'AssumeRole' || issuedAccessKeyId === null || name === null) return [];
    // Of what AWS does twice, the second answer is heard, and the first is known by its session alone.
    if (fault === 'twice' && sessions.has(name)) return [];
    const session = sessions.get(name);
    const known = session?.state === 'unknown' || session?.key === issuedAccessKeyId;
    return known
      ? []
      : [`AWS issued ${issuedAccessKeyId} for ${name}, which is ${session?.state ?? 'not there'}`];
  });
}

export async function offenders(
  { database }: Pick<Evidence, 'database'>,
  except: readonly Offence[] = [],
): Promise<string[]> {
  const found: string[] = [];
  for (const [what, query] of offences) {
    if (except.includes(what)) continue;
    const { rows } = await database.query<{ id: string }>(query);
    found.push(...rows.map(({ id }) => `${what}: ${id}`));
  }
  return found;
}

export async function brokenEvents({
  database,
  databaseUrl,
  auditKey,
}: Pick<Evidence, 'database' | 'databaseUrl' | 'auditKey'>): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM audit_events ORDER BY id');
  const pool = openPool({ url: databaseUrl, max: 4, onError: () => undefined });
  try {
    const faults: string[] = [];
    for (let from = 0; from < rows.length; from += 4) {
      const some = rows.slice(from, from + 4);
      faults.push(...(await Promise.all(some.map(({ id }) => verifyEvent(pool.db, auditKey, id)))).flat());
    }
    return faults;
  } finally {
    await pool.close();
  }
}
