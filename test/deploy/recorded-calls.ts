import type { LogEntry } from '../../dev/aws/log.ts';
import type { World } from '../../dev/aws/world.ts';
import { shared } from './names.ts';
import { documentsOf, type OwnRole, ownRoles } from './role-rights.ts';

/** One thing that a call had to be allowed. */
export interface Need {
  readonly role: OwnRole;
  /** The account of the role. */
  readonly account: string;
  readonly action: string;
  readonly resource: string;
}

/** Gives every role of Daypass in this world the policies of the templates, and the target roles their trust. */
export function applyTemplates(world: World): void {
  for (const account of world.accounts) {
    for (const role of account.roles) {
      const own = ownRoles.find((name) => name === role.name);
      if (own !== undefined) {
        role.inlinePolicies = documentsOf(own, account.id);
        role.managedPolicyArns = [];
      }
      const trust =
        own === 'daypass-broker'
          ? 'broker-trust-ecs'
          : own === undefined
            ? 'target-trust'
            : 'broker-only-trust';
      role.trustPolicy = shared(trust, account.id);
    }
    for (const arn of Object.keys(account.managedPolicies)) {
      if (arn.endsWith(':policy/daypass-boundary')) account.managedPolicies[arn] = shared('boundary');
    }
  }
}

/**
 * What the calls in a log of the stand-in had to be allowed, by role. Calls with lent credentials are not Daypass's own.
 * @throws Error for a call that it does not know: nothing is passed over
 */
export function needsOf(log: readonly LogEntry[]): Need[] {
  return log.flatMap((entry) => {
    const caller = /^arn:aws:sts::(\d{12}):assumed-role\/([\w-]+)\//.exec(entry.caller ?? '');
    const role = ownRoles.find((name) => name === caller?.[2]);
    const account = caller?.[1];
    if (role === undefined || account === undefined) return [];
    return questions(entry, account).map(([action, resource]) => ({ role, account, action, resource }));
  });
}

function questions({ service, action, parameters }: LogEntry, account: string): [string, string][] {
  const text = (name: string) => {
    const value = parameters[name];
    if (typeof value !== 'string') throw new Error(`${service} ${action} without ${name}`);
    return value;
  };
  const all = (prefix: string, ...resources: string[]): [string, string][] =>
    resources.map((resource) => [`${prefix}:${action}`, resource]);
  switch (`${service} ${action}`) {
    case 'sts GetCallerIdentity':
      return [];
    case 'sts AssumeRole': {
      const passed = [
        ...(Object.keys(parameters).some((name) => /^Tags\b/.test(name)) ? ['sts:TagSession'] : []),
        ...('SourceIdentity' in parameters ? ['sts:SetSourceIdentity'] : []),
      ];
      return ['sts:AssumeRole', ...passed].map((one) => [one, text('RoleArn')]);
    }
    // Service Authorization Reference, the required resources of each action.
    case 'sso-admin CreateAccountAssignment':
    case 'sso-admin DeleteAccountAssignment':
    case 'sso-admin ListAccountAssignments': {
      const target = action === 'ListAccountAssignments' ? text('AccountId') : text('TargetId');
      return all('sso', text('InstanceArn'), text('PermissionSetArn'), `arn:aws:sso:::account/${target}`);
    }
    case 'sso-admin DescribePermissionSet':
    case 'sso-admin GetPermissionsBoundaryForPermissionSet':
      return all('sso', text('InstanceArn'), text('PermissionSetArn'));
    case 'sso-admin DescribeAccountAssignmentCreationStatus':
    case 'sso-admin DescribeAccountAssignmentDeletionStatus':
    case 'sso-admin ListPermissionSets':
      return all('sso', text('InstanceArn'));
    case 'identitystore GetUserId': {
      const store = `arn:aws:identitystore::${account}:identitystore/${text('IdentityStoreId')}`;
      return all('identitystore', store, 'arn:aws:identitystore:::user/1234567890-anybody');
    }
    case 'iam ListAccountAliases':
      return all('iam', '*');
    default:
      if (service !== 'iam') throw new Error(`${service} ${action} is not known here`);
      return all(
        'iam',
        'PolicyArn' in parameters ? text('PolicyArn') : `arn:aws:iam::${account}:role/${text('RoleName')}`,
      );
  }
}
