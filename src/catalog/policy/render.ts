import type { Allowance, SessionConditions } from '../types.ts';
import { conditionDenies } from './conditions.ts';
import { guardsFor, lastingActions, onwardActions, type OwnNames } from './guards.ts';
import { allow, deny, type Statement } from './statement.ts';

/** STS refuses longer ones (AWS STS API reference, AssumeRole, Policy), in characters. */
export const maxPolicyCharacters = 2048;

export interface PolicyInput {
  /** From when on everything is denied: ISO 8601 in UTC to the second, `2026-11-22T12:00:00Z`. */
  readonly deniedFrom: string;
  readonly allowOnward: boolean;
  readonly allowIamWrite: boolean;
  readonly conditions?: SessionConditions | undefined;
  /** Left out: all that the role allows. */
  readonly allow?: Allowance | undefined;
  readonly own: OwnNames;
}

/**
 * A session policy as compact JSON, however long. The Allow lets the role's own permissions show through (a session policy
 * grants nothing by itself); the denies cut: everything from `deniedFrom` on, what Daypass itself lives on, what conditions
 * forbid, and, unless allowed by name, going on to other roles and making lasting ways in. Guards that cannot match anything
 * in a narrower Allow are left out, but for those of going on: the trust policy of a role that names this very session would
 * let it in past an Allow that does not (AWS, policy evaluation logic), and only an explicit deny stops that.
 */
export function renderPolicy(input: PolicyInput): string {
  const { allowOnward, allowIamWrite, conditions, own } = input;
  const allowed = input.allow ?? { actions: ['*'], resources: ['*'] };
  const lasting = allowIamWrite ? [] : guardsFor(lastingActions, allowed.actions);
  const guards = [...(allowOnward ? [] : onwardActions), ...lasting];
  const statements: Statement[] = [
    allow(allowed.actions, allowed.resources, resourceTags(allowed)),
    deny({}, { DateGreaterThanEquals: { 'aws:CurrentTime': input.deniedFrom } }),
    ...(guards.length === 0 ? [] : [deny({ actions: guards })]),
    // Where a guard is whole it says this already.
    ...(allowOnward || allowIamWrite ? [ownDeny(own)] : []),
    ...(allowIamWrite ? [boundariesDeny] : []),
    ...(conditions === undefined ? [] : conditionDenies(conditions, allowed.actions)),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/**
 * No session undoes its own end, whatever it is allowed: the policy that denies is not changed, its writer and the inspector
 * are neither changed nor assumed. Reading passes.
 */
function ownDeny({ boundaryPolicy, denyWriterRole, inspectorRole }: OwnNames): Statement {
  return deny({
    except: ['iam:G*', 'iam:L*'],
    resources: [
      `arn:aws:iam::*:policy/${boundaryPolicy}`,
      `arn:aws:iam::*:role/${denyWriterRole}`,
      `arn:aws:iam::*:role/${inspectorRole}`,
    ],
  });
}

/** And no role or permission set loses or swaps the boundary that the denies are in. */
const boundariesDeny = deny({
  actions: ['iam:*RolePerm*', 'sso:DeletePermissionsB*', 'sso:PutPermissionsB*'],
});

function resourceTags({ resourceTags: tags = {} }: Allowance) {
  const keys = Object.entries(tags);
  if (keys.length === 0) return {};
  return {
    StringEquals: Object.fromEntries(keys.map(([key, values]) => [`aws:ResourceTag/${key}`, values])),
  };
}
