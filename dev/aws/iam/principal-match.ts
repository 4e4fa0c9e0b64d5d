import { malformed, unsupported } from './problem.ts';

/** The ways in which a resource policy can name a caller. */
export interface CallerNames {
  account: string;
  /** ARN of the session, user or root itself. */
  arn: string;
  /** ARN of the IAM role behind a session. */
  roleArn?: string | undefined;
}

/** How closely a Principal element names the caller: what else must then allow differs (see evaluate). */
export type Grade = 'direct' | 'role' | 'account';

/**
 * AWS, "IAM JSON policy elements: Principal": an account id or its root ARN stands for the whole account, which
 * delegates to identity policies; a role ARN for its sessions; a session or user ARN for itself; `*` for everyone.
 */
export function principalGrade(principals: string[], caller: CallerNames): Grade | null {
  let best: Grade | null = null;
  for (const principal of principals) {
    const grade = gradeOf(principal, caller);
    if (grade === 'direct') return grade;
    if (grade === 'role' || best === null) best = grade;
  }
  return best;
}

function gradeOf(principal: string, caller: CallerNames): Grade | null {
  if (principal === '*') return 'role';
  if (principal === caller.arn) return 'direct';
  if (principal === caller.roleArn) return 'role';
  if (principal === caller.account || principal === `arn:aws:iam::${caller.account}:root`) return 'account';
  // AWS: wildcards cannot be part of a principal ARN; only `*` alone is allowed.
  if (principal.includes('*') || !/^(\d{12}|arn:aws:(iam|sts)::\d{12}:.+)$/.test(principal)) {
    throw malformed(`Invalid principal in policy: ${principal}`);
  }
  return null;
}

/**
 * Whether a Deny with NotPrincipal spares this caller. AWS, "IAM JSON policy elements: NotPrincipal": the account, the role and the session
 * have all to be listed; with some of them it "might" deny, and whoever has a permissions boundary is always denied.
 * @throws PolicyProblem where AWS leaves it open
 */
export function isExcepted(names: string[], caller: CallerNames, bounded: boolean): boolean {
  const account = names.includes(caller.account) || names.includes(`arn:aws:iam::${caller.account}:root`);
  const others = [caller.arn, ...(caller.roleArn === undefined ? [] : [caller.roleArn])];
  const listed = [account, ...others.map((arn) => names.includes(arn))];
  if (bounded || !listed.includes(true)) return false;
  if (listed.includes(false))
    throw unsupported(`NotPrincipal names ${caller.arn} in part, which AWS does not decide.`);
  return true;
}
