import type { RoleFacts } from '../../aws/inspect-account.ts';
import type { Entitlement } from '../../catalog/types.ts';
import { formatDuration } from '../../catalog/duration.ts';
import { roleChainingSeconds } from '../clip.ts';
import { checkLentTrust, lendingActions } from './check-trust.ts';
import { error, type Finding, info, ok, stopping, warning } from './finding.ts';
import type { Broker } from './trust-broker.ts';

type RoleTarget = Extract<Entitlement['target'], { kind: 'role' }>;

/** What is seen of a role that an entitlement lends. @param role null: AWS knows none of this name */
export function checkRole(
  entitlement: Pick<Entitlement, 'sessionSeconds'>,
  target: RoleTarget,
  role: RoleFacts | null,
  { broker, boundaryArn }: { readonly broker: Broker; readonly boundaryArn: string },
): Finding[] {
  if (role === null || role.arn !== target.roleArn) {
    const more =
      role === null
        ? `AWS knows no ${target.roleArn}: make it, or mend the catalog.`
        : `AWS calls it ${role.arn}: write that path and name into the catalog.`;
    return [stopping('role', 'The role does not exist.', more)];
  }
  return [
    ok('role', 'The role exists.'),
    ...checkLentTrust(role.trustPolicy, { broker, actions: lendingActions, externalId: target.externalId }),
    ...checkBoundary(role.boundaryArn, boundaryArn),
    checkMaxSession(entitlement, target, role.maxSessionSeconds),
  ];
}

function checkBoundary(found: string | null, wanted: string): Finding[] {
  if (found === wanted) {
    return [
      ok('boundary', 'What is issued can be denied early.'),
      // IAM User Guide, "NotPrincipal": a role with a boundary is hit by such a deny, whatever it lists.
      info(
        'not-principal',
        'Resource policies that deny with NotPrincipal deny every role that has a permissions boundary.',
        'This cannot be seen from here: look for NotPrincipal in the policies of the buckets and keys that the role must reach.',
      ),
    ];
  }
  const has = found === null ? 'It has none' : `It has ${found}`;
  return [
    error(
      'boundary',
      'What is issued cannot be denied early: the role lacks its permissions boundary.',
      `${has}: set ${wanted} as its permissions boundary.`,
    ),
  ];
}

function checkMaxSession(
  { sessionSeconds }: Pick<Entitlement, 'sessionSeconds'>,
  { maxSessionSeconds }: RoleTarget,
  found: number,
): Finding {
  const asked = Math.min(sessionSeconds, maxSessionSeconds, roleChainingSeconds);
  const more = `MaxSessionDuration is ${formatDuration(found)} in AWS`;
  if (found < asked) {
    return stopping(
      'max-session',
      'The role does not allow sessions as long as the catalog wants them.',
      `${more}: raise it to ${formatDuration(maxSessionSeconds)}.`,
    );
  }
  if (found < maxSessionSeconds) {
    return warning(
      'max-session',
      'The longest session of the role is shorter than the catalog says.',
      `${more} and ${formatDuration(maxSessionSeconds)} in the catalog (maxSession): make them the same.`,
    );
  }
  return ok('max-session', 'The role allows sessions as long as the catalog says.');
}
