import { GetRoleCommand, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { portalRolePattern } from '../../../src/broker/boundary/portal-role.ts';
import { arnMatches } from '../../../src/catalog/policy/glob.ts';
import { newId } from '../../../src/db/ids.ts';
import { AlreadyAssignedError, assign, type Assigned, unassign } from '../assignment.ts';
import { allHold, type Claim, fails, skipped, unclear, type Verdict } from '../claim.ts';
import { settle } from '../probe.ts';
import type { Site } from '../site.ts';

async function assigned(site: Site, look: (assigned: Assigned) => Promise<Verdict>): Promise<Verdict> {
  try {
    return await look(await assign(site));
  } catch (error) {
    if (error instanceof AlreadyAssignedError)
      return skipped(`${error.message}: name somebody who has it not`);
    throw error;
  }
}

const asynchronous = (
  operation: string,
  { states, seconds }: Pick<Assigned, 'states' | 'seconds'>,
  there: string[],
) =>
  allHold(
    `It came to its end by itself: ${states.join(', ')}.`,
    [...(states.at(-1) === 'succeeded' ? [] : [`it ended as ${states.at(-1)}`]), ...there],
    { [`${operation}, seconds`]: [seconds] },
  );

export const assignmentMade: Claim = {
  id: 'identity-center.create',
  says: 'An assignment is made by an operation with a status to ask for, and is listed once that has succeeded.',
  source:
    'IAM Identity Center API reference, CreateAccountAssignment, DescribeAccountAssignmentCreationStatus',
  how: 'The permission set is assigned to the person named, the status asked until it ends, the assignments listed.',
  needs: ['identity-center'],
  look: (site) =>
    assigned(site, async (made) =>
      asynchronous('made after', made, (await made.center.isAssigned(made.key)) ? [] : ['it is not listed']),
    ),
};

async function reservedRole(site: Site, pattern: string): Promise<Role | string> {
  const { credentials } = await site.lend();
  const session = site.session(credentials);
  const found: Role[] = [];
  const answer = await session.ask(async (abortSignal) => {
    let marker: string | undefined;
    do {
      const page = await session.iam.send(
        new ListRolesCommand({
          PathPrefix: '/aws-reserved/sso.amazonaws.com/',
          ...(marker === undefined ? {} : { Marker: marker }),
        }),
        { abortSignal },
      );
      found.push(...(page.Roles ?? []));
      marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (marker !== undefined);
  });
  if (answer.kind !== 'allowed') return answer.text;
  const role = found.find(({ Arn }) => arnMatches(pattern, Arn ?? ''));
  return role ?? `none of ${found.length} roles matches ${pattern}`;
}

export const reservedRoleName: Claim = {
  id: 'identity-center.role',
  says: 'The role of a permission set is named AWSReservedSSO_, its name, and sixteen characters, and has the boundary policy as its boundary.',
  source:
    'IAM Identity Center User Guide, "Referencing permission sets in resource policies"; API reference, PutPermissionsBoundaryToPermissionSet',
  how: 'The roles of the account below /aws-reserved/sso.amazonaws.com/ are listed while it is assigned, and the one found is read.',
  needs: ['identity-center'],
  look: (site) =>
    assigned(site, async ({ center, key }) => {
      const { name, boundary } = await center.describe(key.permissionSetArn, key.accountId);
      const role = await reservedRole(site, portalRolePattern(site.options.account, name));
      if (typeof role === 'string') return role.startsWith('AccessDenied') ? unclear(role) : fails(role);
      const facts = await readRole(site, role.RoleName ?? '');
      return allHold(`It is ${role.Arn}.`, [
        ...(boundary === site.names.boundaryPolicy
          ? []
          : [`the permission set has the boundary ${boundary ?? 'none'}`]),
        ...(facts === site.boundaryArn ? [] : [`the role has the boundary ${facts ?? 'none'}`]),
      ]);
    }),
};

async function readRole(site: Site, RoleName: string): Promise<string | null> {
  const { credentials } = await site.lend();
  const { Role: role } = await site.session(credentials).iam.send(new GetRoleCommand({ RoleName }));
  return role?.PermissionsBoundary?.PermissionsBoundaryArn ?? null;
}

export const portalDenied: Claim = {
  id: 'identity-center.portal-deny',
  says: 'A session from the access portal is denied by person, role and issue time in the boundary policy, and one that is opened later is not.',
  source:
    'IAM Identity Center User Guide, "Revoke active IAM role sessions created by permission sets", identitystore:UserId',
  how: 'With credentials of --portal-profile: they work, the deny that Daypass writes is put in force, they are denied; new ones work; the document is put back.',
  needs: ['identity-center', 'portal-profile'],
  look: (site) =>
    assigned(site, async ({ center, key }) => {
      if (site.portal === null) throw new Error('looked at without its options');
      const { name } = await center.describe(key.permissionSetArn, key.accountId);
      const pattern = portalRolePattern(site.options.account, name);
      const session = site.session(await site.portal());
      const who = await session.sts.send(new GetCallerIdentityCommand({}));
      const roleName = pattern.slice(pattern.lastIndexOf('*') + 1);
      if (!arnMatches(`arn:aws:sts::${site.options.account}:assumed-role/${roleName}/*`, who.Arn ?? '')) {
        return unclear(`the profile is ${who.Arn ?? 'nobody'}`);
      }
      const first = await session.listBuckets.ask();
      if (first.kind !== 'allowed') return unclear(`The permission set may not list buckets: ${first.text}`);
      return judgePortal(site, key.principalId, pattern, session);
    }),
};

async function judgePortal(
  site: Site,
  principalId: string,
  roleArnPattern: string,
  session: ReturnType<Site['session']>,
): Promise<Verdict> {
  const now = site.clock();
  const issuedBefore = new Date(now.getTime() + 5_000);
  const grantId = newId('grt', now);
  const lapsesAt = new Date(now.getTime() + 3_600_000);
  const one = { kind: 'portal' as const, grantId, createdAt: now, lapsesAt, confirmed: false };
  await site.boundary.put(site.boundary.withDenied([{ ...one, principalId, roleArnPattern, issuedBefore }]));
  const gone = await settle([session.listBuckets], 'denied', site.patience);
  while (site.clock() <= issuedBefore) await site.wait(1_000);
  const later = site.portal === null ? null : await site.session(await site.portal()).listBuckets.ask();
  await site.boundary.put(site.boundary.original);
  return allHold(
    'The session was denied, and a later one worked.',
    [
      ...(gone.seconds === null ? ['the session was not denied in time'] : []),
      ...(later?.kind === 'allowed' ? [] : [`a session opened later: ${later?.text ?? 'not asked'}`]),
    ],
    { 'in force after, seconds': gone.seconds === null ? [] : [gone.seconds] },
  );
}

export const assignmentDeleted: Claim = {
  id: 'identity-center.delete',
  says: 'An assignment is taken away by an operation of the same kind; a portal session that is open then goes on working until it is denied or expires.',
  source:
    'IAM Identity Center API reference, DeleteAccountAssignment; User Guide, "Set session duration for AWS accounts"',
  how: 'The assignment is deleted and the status asked until it ends; with --portal-profile, credentials from before list buckets afterwards.',
  needs: ['identity-center'],
  look: (site) =>
    assigned(site, async (made) => {
      const session = site.portal === null ? null : site.session(await site.portal());
      const gone = await unassign(site, made);
      const open = session === null ? null : await session.listBuckets.ask();
      return asynchronous('taken away after', gone, [
        ...((await made.center.isAssigned(made.key)) ? ['it is still listed'] : []),
        ...(open === null || open.kind === 'allowed' ? [] : [`the open session: ${open.text}`]),
      ]);
    }),
};
