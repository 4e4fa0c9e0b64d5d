import type { PolicyDocument } from './iam/policy.ts';
import { findManagedPolicy, type Account, type Role, type World } from './world.ts';

interface Change {
  /** Milliseconds since 1970; minus infinity for what was there when the watching began. */
  at: number;
  json: string;
}

/**
 * Eventual consistency (IAM User Guide, "Troubleshoot IAM: Changes that I make are not always immediately visible"): what the
 * evaluator sees of a role or policy is what it was some seconds ago, while IAM's own calls see it as it is.
 *
 * A change by an IAM call counts from that call. A change that a test makes to the world by hand counts from the next call
 * that reads the thing, or from `note`. What is new is seen at once.
 */
export class Propagation {
  readonly #world: World;
  readonly #history = new Map<string, Change[]>();
  #seconds = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Seconds by the stand-in's clock; 0 means at once. Holds also for the changes that are still under way. */
  set(seconds: number): void {
    const began = this.#seconds === 0;
    this.#seconds = seconds;
    if (seconds === 0) this.#history.clear();
    else if (began) this.note(null);
  }

  /** Takes every role and policy as it is now for changed at this time, where it differs from before. */
  note(now: Date | null): void {
    if (this.#seconds === 0) return;
    const at = now?.getTime() ?? Number.NEGATIVE_INFINITY;
    for (const account of this.#world.accounts) {
      for (const role of account.roles) this.#record(roleKey(role), role, at);
      for (const [arn, document] of Object.entries(account.managedPolicies)) this.#record(arn, document, at);
    }
  }

  /** The role as the evaluator sees it. */
  role(role: Role, now: Date): Role {
    return this.#seen(roleKey(role), role, now);
  }

  /** The managed policy as the evaluator sees it; undefined if there is none. */
  policy(account: Account, arn: string, now: Date): PolicyDocument | undefined {
    const document = findManagedPolicy(this.#world, account, arn);
    return document && this.#seen(arn, document, now);
  }

  #seen<Thing extends Role | PolicyDocument>(key: string, thing: Thing, now: Date): Thing {
    if (this.#seconds === 0) return thing;
    const changes = this.#record(key, thing, now.getTime());
    const visible = changes.findLastIndex(({ at }) => at + this.#seconds * 1000 <= now.getTime());
    const seen = changes[Math.max(0, visible)];
    // A long campaign writes thousands of versions; what was in force so many changes ago is never looked at again.
    if (visible > 100) changes.splice(0, visible);
    return seen === undefined || seen === changes.at(-1) ? thing : (JSON.parse(seen.json) as Thing);
  }

  #record(key: string, thing: Role | PolicyDocument, at: number): Change[] {
    const json = JSON.stringify(thing);
    const changes = this.#history.get(key) ?? [];
    const last = changes.at(-1);
    // The first that is seen of a thing is how it always was.
    if (last === undefined) changes.push({ at: Number.NEGATIVE_INFINITY, json });
    else if (last.json !== json) changes.push({ at, json });
    this.#history.set(key, changes);
    return changes;
  }
}

// A role that was deleted and made again is another role.
function roleKey(role: Role): string {
  return `${role.arn} ${role.id}`;
}
