import { defaultOwnNames, type OwnNames } from '../catalog/policy/guards.ts';
import { maxPolicyCharacters, renderPolicy } from '../catalog/policy/render.ts';
import type { Allowance, SessionConditions } from '../catalog/types.ts';
import { cutOff } from './clip.ts';

export { maxPolicyCharacters };

export interface SessionPolicyInput {
  /** The end of the grant, or of the hours in which the entitlement may be used, whichever comes first. */
  readonly accessEndsAt: Date;
  readonly allowOnward: boolean;
  readonly allowIamWrite: boolean;
  readonly conditions?: SessionConditions | undefined;
  /** What of the role's permissions shows through; left out: all. */
  readonly allow?: Allowance | undefined;
  /** What Daypass's own policy and roles are called in the target account. */
  readonly own?: OwnNames | undefined;
}

/**
 * The policy that every session carries, as compact JSON of at most 2,048 characters: it denies all from the end of access, to
 * the second. Work handed to a role of a service, and ordinary resource policies, pass: residual.ts names them. Whether the
 * longest one fits was seen when the catalog was loaded.
 * @throws Error when it is longer than STS takes
 */
export function sessionPolicy(input: SessionPolicyInput): string {
  const text = renderPolicy({
    ...input,
    deniedFrom: `${cutOff(input.accessEndsAt).toISOString().slice(0, 19)}Z`,
    own: input.own ?? defaultOwnNames,
  });
  if (text.length > maxPolicyCharacters) throw new Error('the session policy is longer than STS takes');
  return text;
}
