import type { Json, JsonObject } from '../../audit/leaf.ts';
import { type Filling, fill } from './room.ts';
import { isOwn, ownCodes } from './statements.ts';

/** AWS takes no more in a managed policy, in characters without white space (IAM User Guide, "IAM and AWS STS quotas"). */
export const maxDocumentCharacters = 6144;

/** One ended grant whose sessions are to be denied. */
export type Denied = {
  readonly grantId: string;
  readonly createdAt: Date;
  /** When nothing is left to deny. */
  readonly lapsesAt: Date;
  /** It was read back before: it goes before those that were not. */
  readonly confirmed: boolean;
} & (
  | {
      readonly kind: 'role';
      readonly code: string;
      readonly roleArn: string;
      readonly roleWideAllowed: boolean;
    }
  | {
      readonly kind: 'portal';
      readonly principalId: string;
      readonly roleArnPattern: string;
      readonly issuedBefore: Date;
    }
);

/** How a grant is denied: by itself, or together with all older sessions of its role. */
export type Means = 'grant' | 'role';

/** What stands in the policy, is Daypass's, and is explained by no row: it stays for now. */
export interface Kept {
  readonly codes: readonly string[];
  readonly statements: readonly JsonObject[];
}

export interface BoundaryPlan {
  /** The document to put in force, as compact JSON. */
  readonly document: string;
  readonly means: ReadonlyMap<string, Means>;
  /** Grants for which there was no room. */
  readonly left: readonly string[];
}

export interface CurrentDocument {
  /** Everything of the document but its statements. */
  readonly head: JsonObject;
  /** Statements that are not Daypass's denies: kept as they are. */
  readonly others: readonly JsonObject[];
  /** Daypass's own, and the codes in them. */
  readonly own: readonly JsonObject[];
  readonly codes: readonly string[];
}

/**
 * Takes a policy document apart. Throws when it cannot be read as one: nothing is then known, and nothing may be written.
 * @param text JSON
 */
export function readDocument(text: string): CurrentDocument {
  const { Statement: raw, ...head } = JSON.parse(text) as { readonly [key: string]: Json };
  const statements = Array.isArray(raw) ? raw : [raw];
  if (statements.length === 0 || !statements.every(isObject)) {
    throw new Error('the boundary policy has no statements that can be read');
  }
  const own = statements.filter(isOwn);
  const others = statements.filter((statement) => !isOwn(statement));
  return { head, others, own, codes: own.flatMap(ownCodes) };
}

const nothingKept: Kept = { codes: [], statements: [] };

/**
 * The document that denies what is to be denied, beside what is not Daypass's in the policy. Deterministic: the same rows
 * make the same text. Past the capacity, first people of one permission set share a statement (their times rounded up to the
 * minute), then roles whose grants allow it are denied as a whole up to the newest of those grants' ends, the role with the
 * most grants first; what still finds no room is left out: nothing that was confirmed before something that was not, and
 * what lapses soonest first. Room that is too small for one is used for the next that fits.
 */
export function planBoundary(
  current: Pick<CurrentDocument, 'head' | 'others'>,
  denied: readonly Denied[],
  kept: Kept = nothingKept,
): BoundaryPlan {
  const inOrder = [...denied].sort(byUrgency);
  const wide = new Set<string>();
  const candidates = rolesToWiden(denied);
  const attempt = (coarse: boolean): Filling =>
    fill({ ...current, kept, inOrder, wide, coarse, maxCharacters: maxDocumentCharacters });
  let filling = attempt(false);
  if (filling.left.length > 0) filling = attempt(true);
  for (const role of candidates) {
    if (filling.left.length === 0) break;
    wide.add(role);
    filling = attempt(true);
  }
  const left = new Set(filling.left);
  const means = new Map(
    inOrder
      .filter((one) => !left.has(one.grantId))
      .map((one) => [one.grantId, one.kind === 'role' && wide.has(one.roleArn) ? 'role' : 'grant'] as const),
  );
  return { document: filling.document, means, left: filling.left };
}

/** Are these two documents the same, white space apart? */
export function sameDocument(a: string, b: string): boolean {
  return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
}

/** Of these confirmed denies, those by code that the policy does not have any more. */
export function missingFrom(current: CurrentDocument, denied: readonly Denied[]): string[] {
  const codes = new Set(current.codes);
  const roles = JSON.stringify(current.own);
  return denied
    .filter(
      (one) =>
        one.confirmed && one.kind === 'role' && !codes.has(one.code) && !roles.includes(`"${one.roleArn}"`),
    )
    .map((one) => one.grantId);
}

function byUrgency(a: Denied, b: Denied): number {
  if (a.confirmed !== b.confirmed) return a.confirmed ? -1 : 1;
  return b.lapsesAt.getTime() - a.lapsesAt.getTime() || (a.grantId < b.grantId ? -1 : 1);
}

/** Roles of which every ended grant allows that all of their older sessions are denied; the one with the most first. */
function rolesToWiden(denied: readonly Denied[]): string[] {
  const counts = new Map<string, number>();
  const forbidden = new Set<string>();
  for (const one of denied) {
    if (one.kind !== 'role') continue;
    counts.set(one.roleArn, (counts.get(one.roleArn) ?? 0) + 1);
    if (!one.roleWideAllowed) forbidden.add(one.roleArn);
  }
  // A statement for a role is longer than a few codes: below that it saves nothing.
  return [...counts]
    .filter(([role, count]) => !forbidden.has(role) && count > 20)
    .sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1))
    .map(([role]) => role);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
