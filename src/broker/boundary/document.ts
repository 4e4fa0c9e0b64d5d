import type { JsonObject } from '../../audit/leaf.ts';

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

export interface BoundaryPlan {
  /** The document to put in force, as compact JSON. */
  readonly document: string;
  readonly means: ReadonlyMap<string, Means>;
  /** Grants for which there was no room. */
  readonly left: readonly string[];
}

export interface CurrentDocument {
  /** Statements that are not Daypass's denies: kept as they are. */
  readonly others: readonly JsonObject[];
  /** What Daypass's denies in it are about: codes, and the other statements of its own by their JSON text. */
  readonly codes: readonly string[];
  readonly own: readonly JsonObject[];
}

// Daypass's own statements are told by their Sid. Everything else in the policy belongs to somebody else.
const ownSid = /^DaypassEnded/;
// Clocks differ: a session that was lent just before an end may carry a time a little after it.
const skewMs = 5_000;
const codeKey = 'aws:PrincipalTag/daypass:code';

/**
 * Takes a policy document apart. Throws when it cannot be read as one: nothing is then known, and nothing may be written.
 * @param text JSON
 */
export function readDocument(text: string): CurrentDocument {
  const parsed = JSON.parse(text) as { readonly Statement?: unknown };
  const raw = parsed.Statement;
  const statements = (Array.isArray(raw) ? raw : [raw]) as unknown[];
  if (statements.length === 0 || !statements.every(isObject)) {
    throw new Error('the boundary policy has no statements that can be read');
  }
  const own = statements.filter((statement) => ownSid.test(sidOf(statement)));
  return {
    others: statements.filter((statement) => !ownSid.test(sidOf(statement))),
    own,
    codes: own.flatMap(codesIn),
  };
}

/**
 * The document that denies what is to be denied, beside what is not Daypass's in the policy. Deterministic: the same rows
 * make the same text. Past the capacity, roles whose grants allow it are denied as a whole up to the newest of those
 * grants' ends, the role with the most grants first; what still finds no room is left out: first what lapses soonest, and
 * nothing that was confirmed before something that was not.
 * @param keep codes that no row explains and that are to stay for now
 */
export function planBoundary(
  others: readonly JsonObject[],
  denied: readonly Denied[],
  keep: readonly string[] = [],
): BoundaryPlan {
  const wide = new Set<string>();
  const narrow = rolesNotToWiden(denied);
  let included = [...denied].sort(byUrgency);
  const left: string[] = [];
  for (;;) {
    const document = render(others, included, keep, wide);
    if (document.length <= maxDocumentCharacters) {
      const means = new Map(
        included.map(
          (one) => [one.grantId, one.kind === 'role' && wide.has(one.roleArn) ? 'role' : 'grant'] as const,
        ),
      );
      return { document, means, left };
    }
    const next = widest(included, new Set([...wide, ...narrow]));
    if (next !== null) {
      wide.add(next);
      continue;
    }
    const last = included.at(-1);
    // What is not Daypass's fills the policy by itself.
    if (last === undefined) return { document: '', means: new Map(), left };
    left.push(last.grantId);
    included = included.slice(0, -1);
  }
}

/** Are these two documents the same, white space apart? */
export function sameDocument(a: string, b: string): boolean {
  return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
}

function byUrgency(a: Denied, b: Denied): number {
  if (a.confirmed !== b.confirmed) return a.confirmed ? -1 : 1;
  return b.lapsesAt.getTime() - a.lapsesAt.getTime() || (a.grantId < b.grantId ? -1 : 1);
}

/** Roles of which one grant did not allow that all of their older sessions are denied: leaving it out changes nothing. */
function rolesNotToWiden(denied: readonly Denied[]): ReadonlySet<string> {
  return new Set(denied.flatMap((one) => (one.kind === 'role' && !one.roleWideAllowed ? [one.roleArn] : [])));
}

/** The role with the most codes, those left aside that are not to be denied as a whole, or already are. */
function widest(included: readonly Denied[], aside: ReadonlySet<string>): string | null {
  const counts = new Map<string, number>();
  for (const one of included) {
    if (one.kind === 'role' && !aside.has(one.roleArn))
      counts.set(one.roleArn, (counts.get(one.roleArn) ?? 0) + 1);
  }
  // A statement for a role is longer than a few codes: below that it saves nothing.
  const candidates = [...counts].filter(([, count]) => count > 20);
  candidates.sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1));
  return candidates[0]?.[0] ?? null;
}

function render(
  others: readonly JsonObject[],
  included: readonly Denied[],
  keep: readonly string[],
  wide: ReadonlySet<string>,
): string {
  const codes = new Set(keep);
  const roleWide = new Map<string, Date>();
  const portal: Extract<Denied, { kind: 'portal' }>[] = [];
  for (const one of included) {
    if (one.kind === 'portal') portal.push(one);
    else if (!wide.has(one.roleArn)) codes.add(one.code);
    else if ((roleWide.get(one.roleArn) ?? one.createdAt) <= one.createdAt)
      roleWide.set(one.roleArn, one.createdAt);
  }
  const statements = [
    ...others,
    ...(codes.size === 0 ? [] : [deny('Grants', { StringEquals: { [codeKey]: [...codes].sort() } })]),
    ...[...roleWide]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([roleArn, until], index) =>
        deny(`Role${index}`, {
          ArnEquals: { 'aws:PrincipalArn': roleArn },
          DateLessThanEquals: { 'aws:TokenIssueTime': wholeSecond(new Date(until.getTime() + skewMs)) },
        }),
      ),
    ...portal
      .sort((a, b) => (a.grantId < b.grantId ? -1 : 1))
      .map((one, index) =>
        deny(`Portal${index}`, {
          StringEquals: { 'identitystore:UserId': one.principalId },
          ArnLike: { 'aws:PrincipalArn': one.roleArnPattern },
          DateLessThan: { 'aws:TokenIssueTime': wholeSecond(one.issuedBefore) },
        }),
      ),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function deny(name: string, condition: JsonObject): JsonObject {
  return { Sid: `DaypassEnded${name}`, Effect: 'Deny', Action: '*', Resource: '*', Condition: condition };
}

// aws:TokenIssueTime has whole seconds; rounded up, so that nothing issued within the last one slips through.
function wholeSecond(time: Date): string {
  return new Date(Math.ceil(time.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function codesIn(statement: JsonObject): string[] {
  const condition = statement['Condition'];
  const equals = isObject(condition) ? condition['StringEquals'] : undefined;
  const codes = isObject(equals) ? equals[codeKey] : undefined;
  return (Array.isArray(codes) ? codes : [codes]).filter((code) => typeof code === 'string');
}

function sidOf(statement: JsonObject): string {
  const sid = statement['Sid'];
  return typeof sid === 'string' ? sid : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
