import { randomUUID } from 'node:crypto';
import { boundaryArn, provisionedRole } from './portal.ts';
import { findAccount, type Assignment, type World } from './world.ts';

export type OperationStatus = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';

export interface Operation {
  requestId: string;
  kind: 'create' | 'delete';
  assignment: Assignment;
  status: OperationStatus;
  failureReason?: string;
  createdAt: Date;
}

/** When an operation comes to its end: whichever of the two is first. */
export interface Settling {
  /** How many status queries still see IN_PROGRESS. */
  polls: number;
  /** Seconds on the stand-in's clock. */
  seconds: number;
}

/** AWS, "IAM Identity Center quotas": outstanding asynchronous assignment calls. */
const MAX_OUTSTANDING = 10;

/** The asynchronous life of account assignments. */
export class Assignments {
  readonly #operations = new Map<string, Operation & { pollsLeft: number; doomed: string | null }>();
  readonly #world: World;
  readonly #settling: Settling;

  constructor(world: World, settling: Settling) {
    this.#world = world;
    this.#settling = settling;
  }

  /** An operation under way on the same principal, permission set and account, if there is one. */
  underWay(assignment: Assignment, now: Date): Operation | undefined {
    this.settle(now);
    return this.#outstanding().find((operation) => same(operation.assignment, assignment));
  }

  tooMany(now: Date): boolean {
    this.settle(now);
    return this.#outstanding().length >= MAX_OUTSTANDING;
  }

  /** @param doomed the reason for which it will fail, or null */
  begin(kind: 'create' | 'delete', assignment: Assignment, now: Date, doomed: string | null): Operation {
    const operation: Operation & { pollsLeft: number; doomed: string | null } = {
      requestId: randomUUID(),
      kind,
      assignment,
      status: 'IN_PROGRESS',
      createdAt: now,
      pollsLeft: this.#settling.polls,
      doomed,
    };
    this.#operations.set(operation.requestId, operation);
    return operation;
  }

  /** One status query; undefined for a request id that is unknown or of the other kind. */
  poll(kind: 'create' | 'delete', requestId: string, now: Date): Operation | undefined {
    this.settle(now);
    const operation = this.#operations.get(requestId);
    if (!operation || operation.kind !== kind) return undefined;
    if (operation.status === 'IN_PROGRESS') {
      if (operation.pollsLeft <= 0) this.#finish(operation);
      else operation.pollsLeft -= 1;
    }
    return operation;
  }

  /** The account of an operation; undefined for a request id that is unknown. Asking is no status query. */
  accountOf(requestId: string): string | undefined {
    return this.#operations.get(requestId)?.assignment.accountId;
  }

  #outstanding(): Operation[] {
    return [...this.#operations.values()].filter((operation) => operation.status === 'IN_PROGRESS');
  }

  /** Ends the operations whose time has come. */
  settle(now: Date): void {
    for (const operation of this.#operations.values()) {
      const due = operation.createdAt.getTime() + this.#settling.seconds * 1000;
      if (operation.status === 'IN_PROGRESS' && due <= now.getTime()) this.#finish(operation);
    }
  }

  #finish(operation: Operation & { doomed: string | null }): void {
    const failure = operation.doomed ?? this.#missing(operation);
    if (failure !== null) {
      operation.status = 'FAILED';
      operation.failureReason = failure;
      return;
    }
    const { identityCenter } = this.#world;
    const others = identityCenter.assignments.filter((one) => !same(one, operation.assignment));
    identityCenter.assignments = operation.kind === 'create' ? [...others, operation.assignment] : others;
    if (operation.kind === 'create') this.#provision(operation.assignment);
    operation.status = 'SUCCEEDED';
  }

  /** The account gets a role for the set with its first assignment there. */
  #provision({ accountId, permissionSetArn }: Assignment): void {
    const account = findAccount(this.#world, accountId);
    const set = this.#world.identityCenter.permissionSets.find(({ arn }) => arn === permissionSetArn);
    if (account && set) provisionedRole(this.#world, account, set);
  }

  /** Accounts and principals are looked at late: the call is accepted and the operation fails. */
  #missing(operation: Operation): string | null {
    if (operation.kind === 'delete') return null;
    const { accountId, principalId, permissionSetArn } = operation.assignment;
    const account = findAccount(this.#world, accountId);
    if (!account) return `Received a 404 status error: Account ${accountId} not found.`;
    const set = this.#world.identityCenter.permissionSets.find(({ arn }) => arn === permissionSetArn);
    const boundary = set && boundaryArn(account, set);
    // IAM Identity Center User Guide, "Permissions boundaries": the policy must be in the account before the set is assigned.
    if (boundary && !account.managedPolicies[boundary])
      return `Received a 404 status error: Not supported policy ${boundary}.`;
    const user = this.#world.identityCenter.users.find(({ userId }) => userId === principalId);
    return user ? null : `Received a 404 status error: Principal ${principalId} not found.`;
  }
}

export function same(a: Assignment, b: Assignment): boolean {
  return (
    a.accountId === b.accountId &&
    a.permissionSetArn === b.permissionSetArn &&
    a.principalId === b.principalId
  );
}
