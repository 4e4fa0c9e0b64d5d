import type { RequestState } from '../../../src/approvals/states.ts';
import type { EndReason, GrantState } from '../../../src/broker/states.ts';
import {
  type Edition,
  type EntitlementId,
  type Group,
  groupsAtFirst,
  managersAtFirst,
  type Name,
  names,
} from './catalog.ts';

// What the model knows: plain data, which the commands change. Times are whole seconds since a sequence began.

export interface Person {
  groups: Group[];
  manager: Name | null;
  active: boolean;
}

/** A right that somebody was handed: whose, and for what; null: for everything. */
export interface Handed {
  readonly of: Name;
  readonly ids: readonly EntitlementId[] | null;
}

export interface Delegation extends Handed {
  readonly to: Name;
  readonly endsAt: number;
  ended: boolean;
}

export interface Review {
  readonly by: Name;
  readonly decision: 'approve' | 'deny';
  /** Place of the version that it names. */
  readonly version: number;
  readonly at: number;
  /** Was the reviewer on call as they answered? */
  readonly called: boolean;
  /** Whose right it was given by, where that was not their own. */
  readonly right: Handed | null;
  /** What an approval counted for as it was given; null of a denial. */
  readonly counts: readonly EntitlementId[] | null;
  withdrawn: boolean;
}

export interface Grant {
  readonly entitlement: EntitlementId;
  state: GrantState;
  readonly startsAt: number;
  endsAt: number;
  because: EndReason | null;
}

export interface Version {
  readonly ids: readonly EntitlementId[];
  readonly seconds: number;
}

export interface Request {
  readonly requester: Name;
  readonly askedBy: Name;
  readonly startAt: number | null;
  readonly extended: { readonly grant: GrantKey; readonly from: number } | null;
  /** Names of steps that are not asked for, by entitlement. */
  readonly skipped: Readonly<Partial<Record<EntitlementId, readonly string[]>>>;
  readonly byRule: readonly EntitlementId[];
  /** The catalog it was asked under. */
  readonly edition: Edition;
  readonly createdAt: number;
  readonly expiresAt: number;
  state: RequestState;
  basis: 'reviews' | 'rule' | null;
  /** What is asked for is the last one; the first is how it was asked. */
  versions: Version[];
  reviews: Review[];
  grants: Grant[];
  /** Kinds of the events about it and its grants. */
  events: string[];
}

export interface GrantKey {
  readonly request: string;
  readonly entitlement: EntitlementId;
}

export interface Model {
  now: number;
  people: Record<Name, Person>;
  /** Who is on call; null while the source is down. */
  onCall: Name[] | null;
  edition: Edition;
  /** By a label that is part of the reason. */
  requests: Record<string, Request>;
  /** By the label of the step that made it, in the order they were made. */
  delegations: Record<string, Delegation>;
}

export type Outcome = 'done' | 'refused';

export function modelAtFirst(): Model {
  const people = Object.fromEntries(
    names.map((name): [Name, Person] => [
      name,
      { groups: [...groupsAtFirst[name]], manager: managersAtFirst[name] ?? null, active: true },
    ]),
  ) as Record<Name, Person>;
  const edition = { edited: false, removed: false, unrelated: false };
  return { now: 0, people, onCall: [], edition, requests: {}, delegations: {} };
}

/** What is asked for now. */
export function current(request: Request): Version {
  const last = request.versions.at(-1);
  if (last === undefined) throw new Error('a request asks for something');
  return last;
}

/** Does it wait for an answer? */
export function isOpen(model: Model, request: Request): boolean {
  return request.state === 'pending' && model.now < request.expiresAt;
}

export function isParty(request: Request, name: Name): boolean {
  return name === request.requester || name === request.askedBy;
}

/** What everybody sees before a step: commands name what is there by its place in it, and callers come with these groups. */
export interface Seen {
  /** What a request that is made in this step is called. */
  readonly label: string;
  readonly requests: readonly string[];
  /** Those that wait for answers. */
  readonly open: readonly string[];
  readonly grants: readonly GrantKey[];
  /** Those that may still become something else. */
  readonly lively: readonly GrantKey[];
  readonly groups: Readonly<Record<Name, readonly Group[]>>;
  readonly delegations: readonly string[];
  /** How many versions each request has. */
  readonly versions: Readonly<Record<string, number>>;
  /** Whose approval would count, by request. */
  readonly able: Readonly<Record<string, readonly Name[]>>;
  /** Who has answered, by request. */
  readonly answered: Readonly<Record<string, readonly Name[]>>;
  /** Whose access it is, by request. */
  readonly owners: Readonly<Record<string, Name>>;
}

/** Somebody by name, or whoever it takes, so that most of what is tried comes to something. */
export type Somebody = Name | 'whoever';

/**
 * What a drawn number means of a list, the newest first; undefined for an empty one.
 * @param rather what is picked from four times out of five, unless there is nothing in it
 */
export function pick<T>(list: readonly T[], drawn: number, rather: readonly T[] = []): T | undefined {
  const from = rather.length === 0 || drawn % 5 === 4 ? list : rather;
  return from.at(-1 - (drawn % Math.max(1, from.length)));
}

/** What is drawn for `pick`. */
export const places = 19;
