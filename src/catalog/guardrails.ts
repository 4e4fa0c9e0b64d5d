import type { AssuranceLevel } from './types.ts';
import { ranges } from './limits.ts';
import { remember } from './rules/remember.ts';

/** Limits of the configuration that no catalog can relax. */
export interface Guardrails {
  /** Longest grant any entitlement may allow, in seconds. */
  readonly maxDurationSeconds: number;
  /** Longest break-glass grant any entitlement may allow, in seconds. */
  readonly maxBreakGlassSeconds: number;
  /** How many different people must approve at the least; 0: a rule of the catalog may approve without anybody. */
  readonly minApprovals: number;
  /** The least that any entitlement may demand before a first session is issued. */
  readonly minAssuranceIssue: AssuranceLevel;
  /** Role names, names with path, role or permission-set ARNs that may not be targets; `*` stands for any characters. */
  readonly forbiddenRoles: readonly string[];
}

/**
 * The roles forbidden by default own the whole account on behalf of AWS Organizations, Control Tower, CloudFormation
 * StackSets, or belong to AWS services and Identity Center and cannot carry Daypass's trust.
 */
export const defaultGuardrails: Guardrails = {
  maxDurationSeconds: ranges.maxDuration.max,
  maxBreakGlassSeconds: 3600,
  minApprovals: 0,
  minAssuranceIssue: 'multi-factor',
  forbiddenRoles: [
    'OrganizationAccountAccessRole',
    'AWSControlTowerExecution',
    'AWSCloudFormationStackSetExecutionRole',
    'AWSServiceRoleFor*',
    'AWSReservedSSO_*',
    'aws-service-role/*',
    'aws-reserved/*',
  ],
};

/**
 * Which guardrail forbids this target.
 * @param arn of a role or permission set
 * @returns the forbidding entry, or null
 */
export function forbiddenBy(arn: string, guardrails: Guardrails): string | null {
  const path = arn.slice(arn.indexOf('/') + 1);
  const names = [arn, path, path.slice(path.lastIndexOf('/') + 1)];
  return guardrails.forbiddenRoles.find((entry) => names.some((name) => matchesGlob(entry, name))) ?? null;
}

// IAM role names are unique without regard to case, so they are compared without it.
function matchesGlob(glob: string, name: string): boolean {
  return compiled(glob).test(name);
}

const compiled = remember(1_000, (glob) => {
  const source = glob
    .split(/\*+/)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'i');
});
