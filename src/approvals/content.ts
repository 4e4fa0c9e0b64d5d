import { entitlementFromTerms, entitlementTerms, type EntitlementTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';

/**
 * What a request asks for, word for word: the digest covers all of it and a review answers nothing else. `content` is the
 * version of this form. The catalog version is not part of it, so that an edit elsewhere in the catalog voids nothing.
 */
export interface RequestContent {
  readonly content: 1;
  /** The requester's person id. */
  readonly who: string;
  /** The resolved terms of everything asked for, sorted by id. */
  readonly entitlements: readonly EntitlementTerms[];
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket: string | null;
  /** ISO 8601 in UTC with milliseconds; null: as soon as it is approved. */
  readonly startAt: string | null;
}

/** What a person asked for, checked, before the catalog is looked at. */
export interface Ask {
  /** Ids, distinct. */
  readonly entitlements: readonly string[];
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket: string | null;
  readonly startAt: string | null;
}

/** Puts together the content of a request; the order of `entitlements` makes no difference. */
export function makeContent(who: string, ask: Ask, entitlements: readonly Entitlement[]): RequestContent {
  return {
    content: 1,
    who,
    entitlements: entitlements.map(entitlementTerms).toSorted(byId),
    durationSeconds: ask.durationSeconds,
    reason: ask.reason,
    ticket: ask.ticket,
    startAt: ask.startAt,
  };
}

/** Does the content ask for exactly this? */
export function asksFor(content: RequestContent, ask: Ask): boolean {
  const asked = ask.entitlements.toSorted();
  return (
    content.entitlements.length === asked.length &&
    content.entitlements.every((terms, index) => terms.id === asked[index]) &&
    content.durationSeconds === ask.durationSeconds &&
    content.reason === ask.reason &&
    content.ticket === ask.ticket &&
    content.startAt === ask.startAt
  );
}

/** The ids of what is asked for, sorted. */
export function entitlementIds(content: RequestContent): string[] {
  return content.entitlements.map((terms) => terms.id);
}

/**
 * Reads a stored content back for a decision.
 * @throws InvalidTermsError when the terms of an entitlement are not what was written
 */
export function readContent(json: unknown): RequestContent {
  const content = json as RequestContent;
  if (content.content !== 1 || content.entitlements.length === 0) {
    throw new Error('the stored content of a request cannot be read');
  }
  for (const terms of content.entitlements) entitlementFromTerms(terms);
  return content;
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
