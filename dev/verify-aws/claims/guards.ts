import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { allHold, type Claim, unclear, type Verdict } from '../claim.ts';
import type { Session } from '../session.ts';
import type { Site } from '../site.ts';

// No account has these: a call that got past the guards ends at NoSuchEntity and has done nothing.
const nobody = 'daypass-verify-none';
const nothing = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };
const document = JSON.stringify(nothing);

type Call = (session: Session, site: Site, signal: AbortSignal) => Promise<unknown>;

const guarded: Readonly<Record<string, Call>> = {
  // To itself: what its trust policy would say to that is no better.
  'sts:AssumeRole': ({ sts }, { roleArn }, abortSignal) =>
    sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: nobody }), { abortSignal }),
  'iam:CreateAccessKey': ({ iam }, _, abortSignal) =>
    iam.send(new CreateAccessKeyCommand({ UserName: nobody }), { abortSignal }),
  'iam:CreateLoginProfile': ({ iam }, _, abortSignal) =>
    iam.send(new CreateLoginProfileCommand({ UserName: nobody, Password: `${nobody}-A1!` }), { abortSignal }),
  'iam:UpdateAssumeRolePolicy': ({ iam }, _, abortSignal) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: nobody, PolicyDocument: document }), {
      abortSignal,
    }),
  'iam:PutRolePolicy': ({ iam }, _, abortSignal) =>
    iam.send(new PutRolePolicyCommand({ RoleName: nobody, PolicyName: nobody, PolicyDocument: document }), {
      abortSignal,
    }),
  'iam:AttachRolePolicy': ({ iam }, { boundaryArn }, abortSignal) =>
    iam.send(new AttachRolePolicyCommand({ RoleName: nobody, PolicyArn: boundaryArn }), { abortSignal }),
  'iam:DeleteRolePermissionsBoundary': ({ iam }, _, abortSignal) =>
    iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: nobody }), { abortSignal }),
  'iam:CreatePolicyVersion': ({ iam }, { options }, abortSignal) =>
    iam.send(
      new CreatePolicyVersionCommand({
        PolicyArn: `arn:aws:iam::${options.account}:policy/${nobody}`,
        PolicyDocument: document,
      }),
      { abortSignal },
    ),
};

// A version or a policy that is not there: past the guards this, too, does nothing.
const own: Readonly<Record<string, Call>> = {
  'iam:DeletePolicyVersion on the boundary': ({ iam }, { boundaryArn }, abortSignal) =>
    iam.send(new DeletePolicyVersionCommand({ PolicyArn: boundaryArn, VersionId: 'v999999' }), {
      abortSignal,
    }),
  'iam:DeleteRolePolicy on the deny-writer': ({ iam }, { names }, abortSignal) =>
    iam.send(new DeleteRolePolicyCommand({ RoleName: names.denyWriterRole, PolicyName: nobody }), {
      abortSignal,
    }),
  'iam:DeleteRolePolicy on the inspector': ({ iam }, { names }, abortSignal) =>
    iam.send(new DeleteRolePolicyCommand({ RoleName: names.inspectorRole, PolicyName: nobody }), {
      abortSignal,
    }),
  'iam:DeleteRolePermissionsBoundary': ({ iam }, _, abortSignal) =>
    iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: nobody }), { abortSignal }),
  'sts:AssumeRole of the deny-writer': ({ sts }, { names, options }, abortSignal) =>
    sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${options.account}:role/${names.denyWriterRole}`,
        RoleSessionName: nobody,
      }),
      { abortSignal },
    ),
};

async function callEach(
  site: Site,
  session: Session,
  calls: Readonly<Record<string, Call>>,
): Promise<Verdict> {
  const faults: string[] = [];
  const met: string[] = [];
  const unsaid: string[] = [];
  const before: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const { kind, deniedBy, text } = await session.ask((signal) => call(session, site, signal));
    if (kind !== 'denied') faults.push(`${name} was not denied: ${text || 'it was answered'}`);
    else if (deniedBy === 'session policy') met.push(name);
    else if (deniedBy === 'service control policy') before.push(name);
    else unsaid.push(deniedBy === null ? name : `${name} (${deniedBy})`);
  }
  // Denied for another reason, perhaps: the role itself may not be allowed it.
  if (faults.length === 0 && (unsaid.length > 0 || met.length === 0)) {
    return unclear(`AWS denied, but did not name the session policy: ${[...unsaid, ...before].join(', ')}.`);
  }
  const more = before.length === 0 ? '' : ` The organisation denies before it: ${before.join(', ')}.`;
  return allHold(`Denied with an explicit deny in the session policy: ${met.join(', ')}.${more}`, faults);
}

export const guardsByCall: Claim = {
  id: 'guards.calls',
  says: 'A session can neither go on to a role nor make a lasting way in: each try meets an explicit deny of its session policy.',
  source:
    'IAM User Guide, "Policies and permissions": session policies; "Troubleshoot access denied error messages"',
  how: 'Calls on users, roles and policies that do not exist; the error names the policy that denies.',
  needs: [],
  async look(site) {
    return callEach(site, site.session((await site.lend()).credentials), guarded);
  },
};

export const ownByCall: Claim = {
  id: 'guards.own',
  says: 'Not even a session that may change IAM and go on to roles can touch the boundary, the deny-writer or the inspector, or take a boundary off.',
  source: 'IAM User Guide, "Policy evaluation logic": an explicit deny overrides',
  how: 'With allowOnward and allowIamWrite: calls that would fail anyway after they were let through.',
  needs: [],
  async look(site) {
    const { credentials } = await site.lend({ allowOnward: true, allowIamWrite: true });
    return callEach(site, site.session(credentials), own);
  },
};
