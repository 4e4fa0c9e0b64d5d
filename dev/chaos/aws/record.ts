import type pg from 'pg';
import type { LogEntry } from '../../aws/log.ts';
import type { World } from '../../aws/world.ts';
import { offenders } from '../invariants.ts';
import type { Fate } from './lifecycle.ts';

export interface Traces {
  readonly database: Pick<pg.Pool, 'query'>;
  readonly awsLog: readonly LogEntry[];
  readonly world: World;
  readonly fates: ReadonlyMap<string, Fate>;
}

// What must never be found in the record of endings once everything has settled. Each query lists the offenders.
const offences = [
  [
    'a deny was never read back',
    `SELECT grant_id AS id FROM denies WHERE confirmed_at IS NULL AND removed_at IS NULL`,
  ],
  [
    'a grant that ended by itself has a deny',
    `SELECT d.grant_id AS id FROM denies d JOIN grants g ON g.id = d.grant_id WHERE g.ended_because = 'expired'`,
  ],
  [
    'an early end of a role is on record otherwise than denied, read back, ended',
    `SELECT g.id || ' ' || array_to_string(array_agg(e.kind ORDER BY e.id), ' ') AS id
     FROM denies d JOIN grants g ON g.id = d.grant_id JOIN audit_events e ON e."grant" = g.id
     WHERE d.kind = 'role' AND e.kind IN ('grant.ending', 'deny.confirmed', 'grant.ended') GROUP BY g.id
     HAVING array_agg(e.kind ORDER BY e.id) <> ARRAY['grant.ending', 'deny.confirmed', 'grant.ended']`,
  ],
  [
    'an early end of a permission set was never read back as denied',
    `SELECT d.grant_id AS id FROM denies d WHERE d.kind = 'portal'
       AND NOT EXISTS (SELECT FROM audit_events e WHERE e."grant" = d.grant_id AND e.kind = 'deny.confirmed')`,
  ],
  [
    'something that was issued could outlast an early end, and nothing denies it',
    `SELECT g.id FROM grants g WHERE g.state = 'ended' AND g.ended_because <> 'expired'
       AND NOT EXISTS (SELECT FROM denies d WHERE d.grant_id = g.id)
       AND EXISTS (SELECT FROM sessions s WHERE s.grant_id = g.id AND s.last_possible_use > g.ended_at)`,
  ],
  [
    'an assignment is under way for ever',
    `SELECT principal_id AS id FROM assignments WHERE operation IS NOT NULL`,
  ],
] as const;

/** Every fault of the record, in words; none when all holds. */
export async function recordViolations(traces: Traces): Promise<string[]> {
  const { database } = traces;
  const found = await offenders({ database }, ['a grant never reached its end', 'a grant failed']);
  for (const [what, query] of offences) {
    const { rows } = await database.query<{ id: string }>(query);
    found.push(...rows.map(({ id }) => `${what}: ${id}`));
  }
  return [...found, ...(await wrongFates(traces)), ...(await wrongDocuments(traces))];
}

async function wrongFates({ database, fates }: Traces): Promise<string[]> {
  const { rows } = await database.query<{ id: string; state: string }>('SELECT id, state FROM grants');
  return rows.flatMap(({ id, state }) => {
    if (state === 'failed') return [];
    const fate = fates.get(id);
    const meant = fate === 'stay' ? 'active' : 'ended';
    return state === meant ? [] : [`${id} was to ${fate ?? 'be known to a client'} and is ${state}`];
  });
}

/** Natural ends are in no policy that was ever written; each policy in force denies the open denies, and nothing else. */
async function wrongDocuments({ database, awsLog, world }: Traces): Promise<string[]> {
  const { rows } = await database.query<{ code: string; account: string; denied: boolean; natural: boolean }>(
    `SELECT right(g.id, 8) AS code, g.terms #>> '{account,id}' AS account,
       d.kind = 'role' AND d.removed_at IS NULL AND NOT d.role_wide IS TRUE AS denied,
       coalesce(g.ended_because, 'expired') = 'expired' AS natural
     FROM grants g LEFT JOIN denies d ON d.grant_id = g.id`,
  );
  const written = awsLog
    .filter(({ action }) => action === 'CreatePolicyVersion')
    .map(({ parameters }) => String(parameters['PolicyDocument']))
    .join('\n');
  const inForce = new Map(
    world.accounts.map(({ id, managedPolicies }) => {
      return [id, JSON.stringify(managedPolicies[`arn:aws:iam::${id}:policy/daypass-boundary`] ?? {})];
    }),
  );
  return rows.flatMap(({ code, account, denied, natural }) => {
    if (natural && written.includes(`"${code}"`)) return [`${code} ended by itself and was written to IAM`];
    const there = inForce.get(account)?.includes(`"${code}"`) === true;
    if (denied && !there) return [`${code} is to be denied in ${account}, and the policy does not say so`];
    return natural && there ? [`${code} lives or ended by itself, and ${account} denies it`] : [];
  });
}
