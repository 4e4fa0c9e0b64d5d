import { sessionPolicy } from '../../../src/broker/session-policy.ts';
import { allHold, type Claim, skipped, type Verdict } from '../claim.ts';
import { NotSimulatedError, simulate } from '../simulate.ts';
import type { Site } from '../site.ts';

// At least one for each pattern of src/catalog/policy/guards.ts, by its name in the Service Authorization Reference.
const denied = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
  'sts:GetServiceBearerToken',
  'sts:GetSessionToken',
  'sts:GetWebIdentityToken',
  'signin:CreateOAuth2Token',
  'sso-oauth:CreateTokenWithIAM',
  'cognito-identity:GetOpenIdTokenForDeveloperIdentity',
  's3:GetDataAccess',
  'iam:AttachRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateGroup',
  'iam:CreateInstanceProfile',
  'iam:CreateLoginProfile',
  'iam:CreateOpenIDConnectProvider',
  'iam:CreatePolicy',
  'iam:CreatePolicyVersion',
  'iam:CreateRole',
  'iam:CreateUser',
  'iam:CreateVirtualMFADevice',
  'iam:DeactivateMFADevice',
  'iam:DeletePolicyVersion',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:EnableMFADevice',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:ResetServiceSpecificCredential',
  'iam:SetDefaultPolicyVersion',
  'iam:TagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UploadSSHPublicKey',
  'rolesanywhere:CreateTrustAnchor',
  'rolesanywhere:EnableProfile',
  'rolesanywhere:ImportCrl',
  'sso:AttachManagedPolicyToPermissionSet',
  'sso:CreateAccountAssignment',
  'sso:DeleteInlinePolicyFromPermissionSet',
  'sso:DeletePermissionsBoundaryFromPermissionSet',
  'sso:ProvisionPermissionSet',
  'sso:UpdatePermissionSet',
  'sso-directory:CreateUser',
  'sso-directory:AddMemberToGroup',
  'identitystore:CreateUser',
  'identitystore:CreateGroupMembership',
  'account-access:CreateEntitlement',
  'organizations:CreateAccount',
  'organizations:RegisterDelegatedAdministrator',
  'ssm:CreateActivation',
  'iot:CreateKeysAndCertificate',
  'iot:CreateRoleAlias',
  'iot:RegisterThing',
  'eks:CreateAccessEntry',
  'eks:AssociateIdentityProviderConfig',
  'transfer:CreateAccess',
  'transfer:CreateUser',
  'transfer:ImportSshPublicKey',
];

const open = [
  's3:GetObject',
  'iam:GetRole',
  'iam:PassRole',
  'iam:CreateServiceLinkedRole',
  'iam:DeleteAccessKey',
  'sts:GetCallerIdentity',
  'sso:ListInstances',
  'ec2:RunInstances',
  'ssm:StartSession',
  'eks:DescribeCluster',
  'lambda:UpdateFunctionCode',
];

export const guardsSimulated: Claim = {
  id: 'guards.simulated',
  says: 'AWS reads the short patterns of the guards as Daypass means them: ways on and lasting ways in are denied, ordinary work is open.',
  source: 'IAM User Guide, "IAM JSON policy elements: Action"; IAM API reference, SimulateCustomPolicy',
  how: 'The session policy is put to AWS’s policy simulator with the names of real actions. Nothing is called.',
  needs: [],
  look: (site) =>
    simulated(site, async () => {
      const policy = sessionPolicy({
        accessEndsAt: new Date(site.clock().getTime() + 3_600_000),
        allowOnward: false,
        allowIamWrite: false,
        own: site.names,
      });
      const cases = await simulate(site, [policy], [...denied, ...open]);
      const wrong = cases.filter(({ action, decision }) => {
        return decision !== 'not known' && decision !== (open.includes(action) ? 'allowed' : 'explicitDeny');
      });
      const unknown = cases.filter(({ decision }) => decision === 'not known').map(({ action }) => action);
      const known = cases.length - unknown.length;
      return allHold(
        `${known} actions were judged as they should be${unknown.length === 0 ? '' : `; the simulator does not know ${unknown.join(', ')}`}.`,
        [
          ...wrong.map(({ action, decision }) => `${action}: ${decision}`),
          ...(known === 0 || cases.length < denied.length + open.length
            ? ['the simulator left actions out']
            : []),
        ],
      );
    }),
};

/** What needs the simulator is skipped where the role may not call it. */
export async function simulated(site: Site, look: (site: Site) => Promise<Verdict>): Promise<Verdict> {
  try {
    return await look(site);
  } catch (error) {
    if (error instanceof NotSimulatedError) return skipped(error.message);
    throw error;
  }
}
