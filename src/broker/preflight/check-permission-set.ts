import type { PermissionSetFacts } from '../../aws/inspect-permission-set.ts';
import { formatDuration } from '../../catalog/duration.ts';
import type { Entitlement } from '../../catalog/types.ts';
import { error, type Finding, info, ok, stopping, warning } from './finding.ts';

type PermissionSetTarget = Extract<Entitlement['target'], { kind: 'permission-set' }>;

/** What is seen of a permission set that an entitlement lends. @param found null: the instance has no such set */
export function checkPermissionSet(
  target: PermissionSetTarget,
  found: PermissionSetFacts | null,
  boundaryPolicy: string,
): Finding[] {
  if (found === null) {
    return [
      stopping(
        'permission-set',
        'The permission set does not exist.',
        `IAM Identity Center knows no ${target.permissionSetArn}: make it, or mend the catalog.`,
      ),
    ];
  }
  return [
    ok('permission-set', 'The permission set exists.'),
    checkDuration(target.sessionSeconds, found),
    ...checkBoundary(found, `/${boundaryPolicy}`),
  ];
}

function checkDuration(wanted: number, { name, sessionSeconds }: PermissionSetFacts): Finding {
  if (sessionSeconds === wanted)
    return ok('session-duration', 'Its sessions last as long as the catalog says.');
  const more = `${name} has ${formatDuration(sessionSeconds)} and the catalog ${formatDuration(wanted)} (session): make them the same.`;
  return sessionSeconds > wanted
    ? error('session-duration', 'What is open when a grant ends lasts longer than Daypass says.', more)
    : warning('session-duration', 'Sessions of the permission set are shorter than the catalog says.', more);
}

function checkBoundary({ name, boundary }: PermissionSetFacts, wanted: string): Finding[] {
  if (boundary === wanted) {
    return [
      ok('boundary', 'What is open can be denied early.'),
      // IAM User Guide, "NotPrincipal": a role with a boundary is hit by such a deny, whatever it lists.
      info(
        'not-principal',
        'Resource policies that deny with NotPrincipal deny every role that has a permissions boundary.',
        'This cannot be seen from here: look for NotPrincipal in the policies of the buckets and keys that the permission set must reach.',
      ),
    ];
  }
  const has = boundary === null ? 'has none' : `has ${boundary}`;
  return [
    error(
      'boundary',
      'What is open cannot be denied early: the permission set lacks its permissions boundary.',
      `${name} ${has}: set the customer-managed policy ${wanted.slice(1)} as its boundary.`,
    ),
  ];
}
