import { randomBytes } from 'node:crypto';
import type { PolicyDocument } from './iam/policy.ts';
import type { Account, World } from './world.ts';

export interface PolicyVersion {
  /** v1, v2, … never used again. */
  id: string;
  createdAt: Date;
  /** The document as it was sent. */
  text: string;
}

export interface StoredPolicy {
  arn: string;
  /** Unique id, ANPA… */
  id: string;
  createdAt: Date;
  updatedAt: Date;
  defaultVersion: string;
  /** Oldest first. */
  versions: PolicyVersion[];
}

/** When everything that a world starts with was made. */
export const WORLD_MADE = new Date('2026-01-05T09:00:00Z');

/**
 * The versions of customer managed policies. `managedPolicies` of an account goes on holding the document in force, for tests to
 * read and to edit by hand; an edit shows as the content of the default version.
 */
export class PolicyStore {
  readonly #world: World;
  readonly #stored = new Map<string, StoredPolicy & { next: number }>();
  readonly #before = new Map<string, StoredPolicy>();

  constructor(world: World) {
    this.#world = world;
  }

  /**
   * The policy with its versions, not to be changed; undefined if there is none.
   * @param stale as it was before the last write to it
   */
  find(account: Account, arn: string, stale = false): StoredPolicy | undefined {
    const document = account.managedPolicies[arn] ?? this.#world.awsManagedPolicies[arn];
    if (!document) {
      this.#stored.delete(arn);
      return undefined;
    }
    const stored = this.#synchronised(arn, document);
    return (stale ? this.#before.get(arn) : undefined) ?? stored;
  }

  /** Adds a version; with `asDefault` it is in force. */
  add(account: Account, arn: string, text: string, asDefault: boolean, now: Date): PolicyVersion {
    const stored = this.#change(account, arn, now);
    stored.next += 1;
    const version = { id: `v${stored.next}`, createdAt: now, text };
    stored.versions.push(version);
    if (asDefault) {
      stored.defaultVersion = version.id;
      account.managedPolicies[arn] = JSON.parse(text) as PolicyDocument;
    }
    return version;
  }

  remove(account: Account, arn: string, versionId: string, now: Date): void {
    const stored = this.#change(account, arn, now);
    stored.versions = stored.versions.filter(({ id }) => id !== versionId);
  }

  #change(account: Account, arn: string, now: Date): StoredPolicy & { next: number } {
    const stored = this.find(account, arn) && this.#stored.get(arn);
    if (!stored) throw new Error(`There is no policy ${arn}.`);
    this.#before.set(arn, structuredClone(stored));
    stored.updatedAt = now;
    return stored;
  }

  #synchronised(arn: string, document: PolicyDocument): StoredPolicy {
    let stored = this.#stored.get(arn);
    if (!stored) {
      stored = {
        arn,
        id: `ANPA${randomBytes(10).toString('hex').toUpperCase().slice(0, 17)}`,
        createdAt: WORLD_MADE,
        updatedAt: WORLD_MADE,
        defaultVersion: 'v1',
        versions: [{ id: 'v1', createdAt: WORLD_MADE, text: JSON.stringify(document) }],
        next: 1,
      };
      this.#stored.set(arn, stored);
    }
    const { defaultVersion } = stored;
    const inForce = stored.versions.find(({ id }) => id === defaultVersion);
    const json = JSON.stringify(document);
    if (inForce && JSON.stringify(JSON.parse(inForce.text)) !== json) inForce.text = json;
    return stored;
  }
}
