import { isDeepStrictEqual } from 'node:util';
import type { Pick as PickedOption } from '../catalog/choices.ts';
import { entitlementFromTerms, entitlementTerms, type EntitlementTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';

/**
 * What a request asks for, word for word: the digest covers all of it and a review answers nothing else. `content` is the
 * version of this form. The catalog version is not part of it, so that an edit elsewhere in the catalog voids nothing.
 */
export interface RequestContent {
  readonly content: 1;
  /** Whose access it is: a person id. */
  readonly who: string;
  /** The person who asked for them; left out where they asked for themselves. */
  readonly askedBy?: string;
  /** The resolved terms of everything asked for, sorted by id; with the choice that was picked, where one was. */
  readonly entitlements: readonly EntitlementTerms[];
  /** Steps of their approval that are not asked for, since their condition did not hold, by entitlement; left out where there are none. */
  readonly skipped?: Readonly<Record<string, readonly string[]>>;
  /** The rules that approve some of them without anybody being asked, by entitlement; left out where there are none. */
  readonly byRule?: Readonly<Record<string, string>>;
  /** Bundles that stood for some of them when it was asked, sorted by name; left out where there were none. */
  readonly bundles?: readonly AskedBundle[];
  /** Its user gives it to themselves, by break-glass; left out where it is asked for. */
  readonly breakGlass?: true;
  /** The live grant that is to end later by `durationSeconds`; left out where a new one is asked for. */
  readonly extends?: Extended;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket: string | null;
  /** ISO 8601 in UTC with milliseconds; null: as soon as it is approved. */
  readonly startAt: string | null;
}

/** A bundle as it was when it was asked for. Each of its entitlements is in the content by itself. */
export interface AskedBundle {
  readonly name: string;
  readonly entitlements: readonly string[];
}

/** A live grant that is to end later. */
export interface Extended {
  readonly grant: string;
  /** When it ended as it was asked, ISO 8601 in UTC: more time is approved from there, and from nowhere else. */
  readonly from: string;
}

/** What a person asked for, checked, before the catalog is looked at. */
export interface Ask {
  /** Ids of entitlements and names of bundles, distinct. */
  readonly entitlements: readonly string[];
  /** What entitlements are narrowed to, by id. */
  readonly options: Readonly<Record<string, PickedOption>>;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket: string | null;
  readonly startAt: string | null;
  /** The grant that is to end later, or null. */
  readonly extends: string | null;
  /** The person it is for: an id, or an email address that none was looked up for yet; null for whoever asks. */
  readonly for: string | null;
  /** Taken by break-glass, not asked for; left out otherwise. */
  readonly breakGlass?: true;
}

/** What is known of an ask besides itself, once the catalog was looked at. */
export interface Circumstances {
  readonly askedBy: string;
  readonly bundles?: readonly AskedBundle[];
  readonly extended?: Extended | null;
  readonly skipped?: Readonly<Record<string, readonly string[]>>;
  readonly byRule?: Readonly<Record<string, string>>;
  readonly breakGlass?: boolean;
}

/**
 * Puts together the content of a request; the order of `entitlements` makes no difference.
 * @param who whose access it is
 */
export function makeContent(
  who: string,
  ask: Pick<Ask, 'durationSeconds' | 'reason' | 'ticket' | 'startAt'>,
  entitlements: readonly Entitlement[],
  { askedBy, bundles = [], extended = null, skipped = {}, byRule = {}, breakGlass = false }: Circumstances = {
    askedBy: who,
  },
): RequestContent {
  return {
    content: 1,
    who,
    ...(askedBy === who ? {} : { askedBy }),
    entitlements: entitlements.map(entitlementTerms).toSorted(byId),
    ...(Object.keys(skipped).length === 0 ? {} : { skipped }),
    ...(Object.keys(byRule).length === 0 ? {} : { byRule }),
    ...(bundles.length === 0
      ? {}
      : { bundles: bundles.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }),
    ...(breakGlass ? { breakGlass: true } : {}),
    ...(extended === null ? {} : { extends: extended }),
    durationSeconds: ask.durationSeconds,
    reason: ask.reason,
    ticket: ask.ticket,
    startAt: ask.startAt,
  };
}

/** Does the content ask for exactly this? */
export function asksFor(content: RequestContent, ask: Ask): boolean {
  const { bundles = [] } = content;
  const asked = new Set(
    ask.entitlements.flatMap(
      (name) => bundles.find((bundle) => bundle.name === name)?.entitlements ?? [name],
    ),
  );
  return (
    content.entitlements.length === asked.size &&
    content.entitlements.every((terms) => asked.has(terms.id)) &&
    bundles.every(({ name }) => ask.entitlements.includes(name)) &&
    isDeepStrictEqual(optionsOf(content), { ...ask.options }) &&
    content.durationSeconds === ask.durationSeconds &&
    content.reason === ask.reason &&
    content.ticket === ask.ticket &&
    content.startAt === ask.startAt &&
    content.breakGlass === ask.breakGlass &&
    (content.extends?.grant ?? null) === ask.extends &&
    (content.askedBy === undefined ? null : content.who) === ask.for
  );
}

/** What entitlements were narrowed to, by id. */
function optionsOf(content: RequestContent): Record<string, PickedOption> {
  return Object.fromEntries(
    content.entitlements.flatMap(({ id, choice }) =>
      choice === undefined ? [] : [[id, { choice: choice.name, parameters: choice.parameters }]],
    ),
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
