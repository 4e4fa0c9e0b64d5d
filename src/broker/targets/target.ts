import type { JsonObject } from '../../audit/leaf.ts';
import type { AssumeRole } from '../../aws/assume-role.ts';

/** A grant as far as a target needs it. */
export interface TargetGrant {
  readonly id: string;
  readonly requestId: string;
  readonly personId: string;
  readonly entitlement: string;
  /** The terms as they were approved, read only as far as they are needed. */
  readonly terms: unknown;
  readonly endsAt: Date;
  /** When its ending began; null while it lives. */
  readonly endingSince: Date | null;
}

export type Activation =
  | { readonly kind: 'active'; readonly details: JsonObject }
  /** Not there yet: look again at this time. */
  | { readonly kind: 'pending'; readonly lookAgainAt: Date }
  /** It will not come, whatever is tried. The reason is a sentence for a person. */
  | { readonly kind: 'failed'; readonly reason: string };

export type Removal =
  /** Nothing of this grant gives access any more; the evidence says how that is known. */
  | { readonly kind: 'gone'; readonly evidence: JsonObject }
  /** Not yet: look again at this time, or (null) when a sweep comes by. */
  | { readonly kind: 'pending'; readonly lookAgainAt: Date | null };

/**
 * One way of giving access. Its calls can run any number of times, at the same time on several replicas, and after a
 * crash at any point: they go on from what their rows say. They open transactions of their own and call AWS in between;
 * they reject when AWS or Postgres is out of reach, and are then tried again.
 */
export interface Target {
  /** Takes access back. Call only while the grant is ending. Needs no rule, no catalog and no directory. */
  takeAway(grant: TargetGrant): Promise<Removal>;
}

/** A role: nothing to prepare, and credentials to be had while the grant is active. */
export interface RoleTarget extends Target {
  readonly assumeRole: AssumeRole;
}

/** A permission set: an assignment to make and to delete, which grants may share. */
export interface PermissionSetTarget extends Target {
  /** Makes access possible. Call only while the grant is activating. */
  activate(grant: TargetGrant): Promise<Activation>;
  /** Takes away assignments of Daypass's that no grant needs or is about to end: what a crash may have left. */
  removeOrphans(): Promise<void>;
  /** Compares assignments that live grants need with what AWS lists, each once an hour; what is missing is made again. */
  compare(): Promise<void>;
}

export interface Targets {
  readonly role: RoleTarget;
  readonly 'permission-set': PermissionSetTarget;
}
export type TargetKind = keyof Targets;

/** The kind of target in stored terms. Reads no more of them than that, so that an ending never fails over the rest. */
export function targetKind(terms: unknown): TargetKind {
  const target = field(terms, 'target');
  return field(target, 'kind') === 'permission-set' ? 'permission-set' : 'role';
}

/** How long, in seconds, a session of the permission set in stored terms can last; 12 hours, AWS's most, when they do not say. */
export function permissionSetSeconds(terms: unknown): number {
  const seconds = field(field(terms, 'target'), 'sessionSeconds');
  return typeof seconds === 'number' && seconds > 0 ? seconds : 43_200;
}

/** The ARN of the role in stored terms, or null. */
export function targetRoleArn(terms: unknown): string | null {
  const arn = field(field(terms, 'target'), 'roleArn');
  return typeof arn === 'string' ? arn : null;
}

/** Do stored terms allow that, past the capacity of the policy, all older sessions of the role are denied? */
export function roleWideDenyAllowed(terms: unknown): boolean {
  return field(terms, 'roleWideDeny') === true;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
