import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type pg from 'pg';
import type { Aws } from '../../aws/aws.ts';
import type { RoleSession, StoredCredential } from '../../aws/credentials.ts';
import { type Neighbours, othersStatements } from './accounts.ts';
import type { Seen } from './lifecycle.ts';

export interface Judged {
  /** What is dead and should live, or lives and should be dead, and what of others was touched. */
  readonly violations: readonly string[];
  /** How many credentials were tried, by what they should be. */
  readonly tried: Readonly<Record<'dead' | 'alive' | 'neighbours' | 'leftToExpire', number>>;
}

export interface Bench {
  readonly aws: Aws;
  readonly database: Pick<pg.Pool, 'query'>;
  readonly neighbours: Neighbours;
  readonly seen: Pick<Seen, 'received' | 'opened'>;
  /** The stand-in's time. */
  readonly now: () => Date;
}

interface GrantFacts {
  readonly state: string;
  readonly because: string | null;
  readonly endsAt: Date;
  readonly account: string;
}

interface SessionFacts {
  readonly name: string;
  readonly grant: string;
  readonly state: string;
}

type Expected = 'dead' | 'alive' | 'neighbours' | 'leftToExpire';

/**
 * Tries every credential that AWS ever gave out, whoever has it, and looks at what belongs to others.
 * @param every tries one of so many only
 */
export async function judge(bench: Bench, every = 1): Promise<Judged> {
  const { aws } = bench;
  const violations: string[] = [];
  const tried = { dead: 0, alive: 0, neighbours: 0, leftToExpire: 0 };
  const facts = await readFacts(bench);
  const left = aws
    .issued()
    .filter((_, i) => i % every === 0)
    .values();
  const lane = async (): Promise<void> => {
    for (const credential of left) {
      const { principal } = credential;
      if (principal.kind !== 'assumed-role') continue;
      const expected = expect(bench, facts, credential, principal, violations);
      if (expected === null) continue;
      tried[expected]++;
      if (expected === 'leftToExpire') continue;
      const answer = await listBuckets(aws, credential);
      if ((answer === 'ok') !== (expected !== 'dead'))
        violations.push(
          `${credential.accessKeyId} of ${nameOf(bench, facts, credential)} should be ${expected}: ${answer}`,
        );
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return { violations: [...violations, ...touched(bench), ...(await misassigned(bench))], tried };
}

interface Facts {
  readonly grants: ReadonlyMap<string, GrantFacts>;
  readonly sessions: ReadonlyMap<string, SessionFacts>;
}

async function readFacts({ database }: Bench): Promise<Facts> {
  const grants = await database.query<GrantFacts & { id: string }>(
    `SELECT id, state, ended_because AS because, ends_at AS "endsAt", terms #>> '{account,id}' AS account FROM grants`,
  );
  const sessions = await database.query<SessionFacts>(
    'SELECT role_session_name AS name, grant_id AS grant, state FROM sessions',
  );
  return {
    grants: new Map(grants.rows.map((row) => [row.id, row])),
    sessions: new Map(sessions.rows.map((row) => [row.name, row])),
  };
}

/** Null for Daypass's own sessions. */
function expect(
  bench: Bench,
  facts: Facts,
  credential: StoredCredential,
  session: RoleSession,
  violations: string[],
): Expected | null {
  const { accessKeyId: key, expiration } = credential;
  if (bench.neighbours.sessions.has(key)) return 'neighbours';
  const portal = session.identityStoreUserId !== undefined;
  if (!portal && session.sessionTags['daypass:grant'] === undefined) return null;
  const lent = facts.sessions.get(session.sessionName);
  const grant = facts.grants.get((portal ? bench.seen.opened.get(key) : lent?.grant) ?? '');
  if (grant === undefined) {
    violations.push(`AWS lent ${session.sessionName}, and the database knows no grant of it`);
    return null;
  }
  if (grant.account !== session.account) {
    // Thrown away unseen, as AWS lent another role than it was asked for: nobody has it, and it ends with its policy.
    const outcome = lent?.state ?? '';
    if (!['failed', 'unknown'].includes(outcome) || bench.seen.received.has(key))
      violations.push(
        `${session.sessionName} is of ${session.account}, not of ${grant.account}, and was kept`,
      );
    return 'leftToExpire';
  }
  const now = bench.now();
  if (expiration === undefined || expiration <= now) return 'dead';
  if (grant.state === 'active' && grant.endsAt > now) return 'alive';
  // What is open at the portal when a grant ends by itself lasts for as long as the permission set says: nothing is written for it.
  return portal && grant.because === 'expired' ? 'leftToExpire' : 'dead';
}

function nameOf({ seen }: Bench, { sessions }: Facts, { accessKeyId, principal }: StoredCredential): string {
  const name = principal.kind === 'assumed-role' ? principal.sessionName : '';
  return `${seen.opened.get(accessKeyId) ?? sessions.get(name)?.grant ?? 'somebody else'} (${name})`;
}

async function listBuckets(aws: Aws, credential: StoredCredential): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credential;
  const client = new S3Client({
    region: aws.world.region,
    endpoint: aws.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts: 1,
  });
  try {
    await client.send(new ListBucketsCommand({}));
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    client.destroy();
  }
}

function touched({ aws, neighbours }: Bench): string[] {
  const now = othersStatements(aws.world);
  const changed = [...neighbours.statements].filter(([account, before]) => now.get(account) !== before);
  const gone = neighbours.assignments.filter(
    (one) => !aws.world.identityCenter.assignments.some((other) => keyOf(other) === keyOf(one)),
  );
  return [
    ...changed.map(([account]) => `statements of others in the boundary policy of ${account} were changed`),
    ...gone.map(
      (one) => `the assignment of ${one.principalId} in ${one.accountId} is gone, and was not Daypass's`,
    ),
  ];
}

/** Assignments that no live grant needs, and live grants that lack theirs. */
async function misassigned({ aws, database, neighbours }: Bench): Promise<string[]> {
  const { rows } = await database.query<AssignedKey>(
    `SELECT u.account_id AS "accountId", u.permission_set_arn AS "permissionSetArn", u.principal_id AS "principalId"
     FROM assignment_users u JOIN grants g ON g.id = u.grant_id WHERE g.state = 'active'`,
  );
  const wanted = new Set([...rows, ...neighbours.assignments].map(keyOf));
  const there = new Set(aws.world.identityCenter.assignments.map(keyOf));
  return [
    ...[...there].filter((key) => !wanted.has(key)).map((key) => `${key} is still assigned`),
    ...[...wanted].filter((key) => !there.has(key)).map((key) => `${key} is not assigned, and a grant lives`),
  ];
}

interface AssignedKey {
  readonly accountId: string;
  readonly permissionSetArn: string;
  readonly principalId: string;
}

function keyOf({ accountId, permissionSetArn, principalId }: AssignedKey): string {
  return `${permissionSetArn} in ${accountId} for ${principalId}`;
}
