import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Aws } from '../../aws/aws.ts';
import type { PolicyDocument } from '../../aws/iam/policy.ts';
import { addUser, type Assignment, manyAccounts, type World } from '../../aws/world.ts';

/** What stands in AWS beside Daypass's own, and must stand there afterwards, unchanged. */
export interface Neighbours {
  /** The boundary policy's statements of others, by account. */
  readonly statements: ReadonlyMap<string, string>;
  readonly assignments: readonly Assignment[];
  /** Access key ids of sessions that others have of the very roles that Daypass lends. */
  readonly sessions: ReadonlySet<string>;
}

const permissionSet = (world: World): string => world.identityCenter.permissionSets[0]?.arn ?? '';

/** Accounts with the roles to lend, and in each boundary policy a statement that somebody else put there. */
export function sharedAccounts(count: number): World {
  const world = manyAccounts(count);
  for (const account of world.accounts.slice(1)) {
    for (const document of Object.values(account.managedPolicies)) {
      const statements = statementsOf(document);
      document.Statement = [
        ...statements,
        { Sid: 'KeepTheTrail', Effect: 'Deny', Action: 'cloudtrail:StopLogging', Resource: '*' },
      ] as PolicyDocument['Statement'];
    }
  }
  return world;
}

/** A catalog with two roles and the permission set in every account. Returns the path of the file. */
export async function writeCatalog(world: World): Promise<string> {
  const accounts = world.accounts.slice(1);
  const entry = (name: string, target: string) => `  ${name}:
    description: For the campaign
    ${target}
    ask: { groups: [engineers] }
    approve: { groups: [prod-approvers] }
    maxDuration: 4h
`;
  const entitlements = accounts.flatMap(({ name }) => [
    entry(`${name}/admin`, `role: { account: ${name}, name: daypass-admin }`),
    entry(`${name}/readonly`, `role: { account: ${name}, name: daypass-readonly }`),
    entry(
      `${name}/console`,
      `permissionSet: { account: ${name}, arn: "${permissionSet(world)}", session: 1h }`,
    ),
  ]);
  const text = `version: 1
groups: [engineers, prod-approvers]
accounts:
${accounts.map(({ id, name }) => `  ${name}: { id: "${id}", name: ${name} }\n`).join('')}
entitlements:
${entitlements.join('')}`;
  const path = join(await mkdtemp(join(tmpdir(), 'daypass-chaos-')), 'catalog.yaml');
  await writeFile(path, text);
  return path;
}

/** Puts assignments and sessions of others beside what Daypass will make. Call before anything else is. */
export async function moveIn(aws: Aws): Promise<Neighbours> {
  const { world } = aws;
  const accounts = world.accounts.slice(1);
  const colleague = addUser(world, { userName: 'colleague', issuer: 'https://elsewhere', externalId: 'c' });
  const assignments = accounts.map(({ id }) => ({
    accountId: id,
    permissionSetArn: permissionSet(world),
    principalType: 'USER' as const,
    principalId: colleague.userId,
  }));
  world.identityCenter.assignments.push(...assignments);
  const sts = new STSClient({
    region: world.region,
    endpoint: aws.endpoint,
    credentials: aws.issueBrokerCredentials(),
  });
  const sessions = new Set<string>();
  for (const { id } of accounts) {
    const RoleArn = `arn:aws:iam::${id}:role/daypass-admin`;
    const { Credentials: lent } = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'colleague' }),
    );
    sessions.add(lent?.AccessKeyId ?? '');
    const portal = aws.portalCredentials({
      userId: colleague.userId,
      permissionSetArn: permissionSet(world),
      accountId: id,
    });
    sessions.add(portal.accessKeyId);
  }
  sts.destroy();
  return { statements: othersStatements(world), assignments, sessions };
}

/** The statements of the boundary policies that are not Daypass's denies, by account, as JSON. */
export function othersStatements(world: World): Map<string, string> {
  return new Map(
    world.accounts.slice(1).map(({ id, managedPolicies }) => {
      const statements = statementsOf(managedPolicies[`arn:aws:iam::${id}:policy/daypass-boundary`]);
      const others = statements.filter(
        ({ Sid }) => !(typeof Sid === 'string' && Sid.startsWith('DaypassEnded')),
      );
      return [id, JSON.stringify(others)];
    }),
  );
}

function statementsOf(document: PolicyDocument | undefined): Record<string, unknown>[] {
  const { Statement: statements } = (document ?? { Statement: [] }) as { Statement: unknown };
  return (Array.isArray(statements) ? statements : [statements]) as Record<string, unknown>[];
}
