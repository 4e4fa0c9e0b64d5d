import { ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import {
  checkDenyWriter,
  checkInspector,
  type OwnRole,
} from '../../../src/broker/preflight/check-account.ts';
import { checkRole } from '../../../src/broker/preflight/check-role.ts';
import type { Finding } from '../../../src/broker/preflight/finding.ts';
import { allHold, type Claim, fails, holds, unclear } from '../claim.ts';
import { readError } from '../probe.ts';
import { simulate } from '../simulate.ts';
import type { Site } from '../site.ts';
import { simulated } from './guards-simulated.ts';

const onTheBoundary = [
  'iam:CreatePolicyVersion',
  'iam:DeletePolicyVersion',
  'iam:GetPolicyVersion',
  'iam:ListEntitiesForPolicy',
  'iam:ListPolicyVersions',
];

const elsewhere = [
  'iam:AttachRolePolicy',
  'iam:CreatePolicy',
  'iam:CreatePolicyVersion',
  'iam:CreateRole',
  'iam:DeletePolicyVersion',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:SetDefaultPolicyVersion',
  'iam:UpdateAssumeRolePolicy',
  'iam:PassRole',
  'sts:AssumeRole',
  's3:ListAllMyBuckets',
  's3:GetObject',
  'ec2:RunInstances',
  'kms:Decrypt',
];

export const preflightSees: Claim = {
  id: 'own-roles.preflight',
  says: 'What preflight reads of trust, boundary, session length and rights of the roles through the inspector is what IAM answers, and finds this account in order.',
  source: 'IAM API reference, GetRole, GetRolePolicy, ListAttachedRolePolicies',
  how: 'The inspector reads the target role, the deny-writer and itself, and preflight judges them.',
  needs: [],
  async look(site) {
    const { broker, boundaryArn, names, roleArn } = site;
    const role = await site.inspector.role(site.options.targetRole);
    const maxSessionSeconds = role?.maxSessionSeconds ?? 3600;
    const target = {
      kind: 'role' as const,
      accountId: site.options.account,
      roleArn,
      maxSessionSeconds,
      externalId: null,
    };
    const found: Finding[] = [
      ...checkRole({ sessionSeconds: 1800 }, target, role, { broker, boundaryArn }),
      ...checkDenyWriter(await readOwn(site, names.denyWriterRole), broker, boundaryArn, names),
      ...checkInspector(await readOwn(site, names.inspectorRole), broker, names),
    ];
    const bad = found.filter(({ level }) => level === 'error' || level === 'warning');
    return allHold(
      `${found.length} findings, none of them bad.`,
      bad.map(({ message }) => message),
    );
  },
};

async function readOwn({ inspector }: Site, name: string): Promise<OwnRole | null> {
  const facts = await inspector.role(name);
  const rights = facts === null ? null : await inspector.rights(name);
  return facts === null || rights === null ? null : { facts, rights };
}

export const denyWriterSimulated: Claim = {
  id: 'own-roles.deny-writer',
  says: 'The deny-writer can write versions of that one policy, and nothing else.',
  source:
    'Service Authorization Reference, "Actions, resources, and condition keys for IAM": CreatePolicyVersion takes the policy’s ARN',
  how: 'Its policies are put to AWS’s simulator, with actions on the boundary and elsewhere.',
  needs: [],
  look: (site) =>
    simulated(site, async () => {
      const role = await readOwn(site, site.names.denyWriterRole);
      if (role === null) return fails('There is no such role.');
      if (role.rights.attached.length > 0)
        return fails(`It has ${role.rights.attached.join(', ')} attached.`);
      const documents = role.rights.inline.map(({ document }) => document);
      const may = await simulate(site, documents, onTheBoundary, site.boundaryArn);
      const other = `arn:aws:iam::${site.options.account}:policy/daypass-verify-none`;
      const policies = elsewhere.filter((action) => onTheBoundary.includes(action));
      const mayNot = [
        ...(await simulate(site, documents, policies, other)),
        ...(await simulate(
          site,
          documents,
          elsewhere.filter((action) => !onTheBoundary.includes(action)),
        )),
      ];
      return allHold(`${may.length} actions allowed on the boundary, ${mayNot.length} denied elsewhere.`, [
        ...(may.length < onTheBoundary.length || mayNot.length < elsewhere.length
          ? ['the simulator left actions out']
          : []),
        ...may
          .filter(({ decision }) => decision !== 'allowed')
          .map(({ action }) => `${action} is not allowed`),
        ...mayNot
          .filter(({ decision }) => decision === 'allowed' || decision === 'not known')
          .map(({ action, decision }) => `${action} elsewhere: ${decision}`),
      ]);
    }),
};

export const denyWriterByCall: Claim = {
  id: 'own-roles.deny-writer-call',
  says: 'A call outside its one policy is denied to the deny-writer.',
  source: 'IAM User Guide, "Policy evaluation logic": implicit deny',
  how: 'With its credentials, iam:ListAccountAliases is called.',
  needs: [],
  async look({ clients, options }) {
    const iam = await clients.denyWriter.iam(options.account);
    try {
      await iam.send(new ListAccountAliasesCommand({}));
    } catch (error) {
      const answer = readError(error, null);
      return answer.kind === 'denied' ? holds('It was denied.') : unclear(answer.text);
    }
    return fails('It was answered.');
  },
};

export const ownTrustRefusesMarks: Claim = {
  id: 'own-roles.no-tags',
  says: 'The trust policies of deny-writer and inspector refuse tags and a source identity, also from the broker.',
  source: 'IAM User Guide, "Pass session tags in AWS STS": sts:TagSession in the trust policy',
  how: 'The broker asks for both roles with a tag, and with a source identity.',
  needs: [],
  async look({ clients, names, options }) {
    const faults: string[] = [];
    for (const name of [names.denyWriterRole, names.inspectorRole]) {
      const asked = {
        RoleArn: `arn:aws:iam::${options.account}:role/${name}`,
        RoleSessionName: 'daypass-verify',
      };
      const marks = {
        tag: { Tags: [{ Key: 'daypass:code', Value: 'verify00' }] },
        'source identity': { SourceIdentity: 'verify00' },
      };
      for (const [what, mark] of Object.entries(marks)) {
        const text = await clients.sts.send(new AssumeRoleCommand({ ...asked, ...mark })).then(
          () => 'lent',
          (error: unknown) => readError(error, null).text,
        );
        if (!text.startsWith('AccessDenied')) faults.push(`${name} with a ${what}: ${text}`);
      }
    }
    return allHold('All four were refused with AccessDenied.', faults);
  },
};
