import { and, desc, eq, gte, inArray, lt, type SQL } from '../db/drizzle.ts';
import { auditEvents, auditPersonalData, personalData } from '../db/schema.ts';
import type { Queries } from '../db/pool.ts';
import { Refusal } from '../refusal.ts';
import { auditKinds, type CallContext, outcomes } from './event.ts';
import { commitment, type JsonObject, type Leaf } from './leaf.ts';
import type { Transact } from './unit-of-work.ts';

export interface AuditDeps {
  readonly transact: Transact;
}

/** Which events; every given field must match. Times are RFC 3339; `from` is included, `to` is not. */
export interface AuditFilter {
  readonly actor?: string;
  readonly subject?: string;
  readonly entitlement?: string;
  readonly account?: string;
  readonly request?: string;
  readonly grant?: string;
  readonly session?: string;
  readonly accessKeyId?: string;
  readonly kind?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 200; 50 when left out. */
  readonly limit?: number;
}

export interface AuditEventView {
  readonly id: string;
  readonly time: string;
  readonly kind: string;
  readonly outcome: string;
  readonly actor: { readonly type: string; readonly id: string | null; readonly name: string | null };
  readonly subject: string | null;
  readonly entitlement: string | null;
  readonly account: string | null;
  readonly request: string | null;
  readonly grant: string | null;
  readonly session: string | null;
  readonly accessKeyId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly rule: string | null;
  readonly catalogVersion: string | null;
  /** Facts, and people's own words (reason, comment) as long as they have not been erased. */
  readonly details: JsonObject;
}

const columns = [
  'actor',
  'subject',
  'entitlement',
  'account',
  'request',
  'grant',
  'session',
  'accessKeyId',
  'kind',
  'outcome',
] as const;

/**
 * The newest events first. Reading is itself recorded, in the same commit. That the caller is an auditor is decided at
 * the edge. Throws Refusal `invalid_input` for a cursor or time that is none.
 */
export async function listAuditEvents(
  deps: AuditDeps,
  caller: { readonly context: CallContext },
  filter: AuditFilter,
): Promise<{ readonly items: AuditEventView[]; readonly next: string | null }> {
  const limit = filter.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw new Refusal('invalid_input', 'limit must be a whole number from 1 to 200.');
  }
  requireKnown(filter);
  const where = conditions(filter);
  return deps.transact(caller.context, async (work) => {
    const rows = await work.queries
      .select({ id: auditEvents.id, leaf: auditEvents.leaf })
      .from(auditEvents)
      .where(and(...where))
      .orderBy(desc(auditEvents.id))
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const items = await views(work.queries, page);
    const { cursor: _cursor, limit: _limit, ...asked } = filter;
    // What was looked for can be personal itself (somebody types an address), so it is erasable like all such words.
    work.audit({
      kind: 'audit.read',
      outcome: 'success',
      details: { filteredBy: Object.keys(asked), events: items.length },
      ...(Object.keys(asked).length === 0 ? {} : { personal: { filter: JSON.stringify(asked) } }),
    });
    const last = page.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
  });
}

// A filter that can match nothing is refused: "no such events" would be the wrong answer to a slip of the pen.
const idFilters = { actor: 'prs', subject: 'prs', request: 'req', grant: 'grt', session: 'ses' } as const;

function requireKnown(filter: AuditFilter): void {
  for (const [name, prefix] of Object.entries(idFilters) as [keyof typeof idFilters, string][]) {
    const value = filter[name];
    const system = name === 'actor' && value === 'daypass';
    if (value !== undefined && !system && !new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`).test(value)) {
      throw new Refusal('invalid_input', `${name} must be an id: ${prefix}_ and 26 characters.`);
    }
  }
  if (filter.kind !== undefined && !auditKinds.some((kind) => kind === filter.kind)) {
    throw new Refusal(
      'invalid_input',
      `There are no events of that kind. The kinds are: ${auditKinds.join(', ')}.`,
    );
  }
  if (filter.outcome !== undefined && !outcomes.some((outcome) => outcome === filter.outcome)) {
    throw new Refusal('invalid_input', `outcome must be one of ${outcomes.join(', ')}.`);
  }
}

function conditions(filter: AuditFilter): SQL[] {
  const where: SQL[] = [];
  for (const column of columns) {
    const wanted = filter[column];
    if (wanted !== undefined) where.push(eq(auditEvents[column], wanted));
  }
  if (filter.from !== undefined) where.push(gte(auditEvents.time, instant('from', filter.from)));
  if (filter.to !== undefined) where.push(lt(auditEvents.time, instant('to', filter.to)));
  if (filter.cursor !== undefined) where.push(lt(auditEvents.id, decodeCursor(filter.cursor)));
  return where;
}

function instant(name: string, text: string): Date {
  const time = new Date(text);
  // In UTC it must have a year from 1 to 9999 still: Postgres reads no other.
  const year = time.getUTCFullYear();
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || !(year >= 1 && year <= 9_999)) {
    throw new Refusal('invalid_input', `${name} must be a time such as 2026-11-22T09:30:00Z.`);
  }
  return time;
}

function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!/^evt_[0-9a-z]{26}$/.test(id)) {
    throw new Refusal('invalid_input', 'cursor must be the `next` of an earlier page.');
  }
  return id;
}

async function views(
  queries: Queries,
  rows: readonly { id: string; leaf: string }[],
): Promise<AuditEventView[]> {
  if (rows.length === 0) return [];
  const leaves = rows.map((row) => JSON.parse(row.leaf) as Leaf);
  const ids = rows.map((row) => row.id);
  const words = await queries.select().from(auditPersonalData).where(inArray(auditPersonalData.eventId, ids));
  const names = await namesOf(queries, leaves);
  const leafById = new Map(leaves.map((leaf) => [leaf.id, leaf]));
  const wordsByEvent = new Map<string, Map<string, string>>();
  for (const word of words) {
    // Words that the event has not committed to were put there by somebody else: they are not shown.
    if (leafById.get(word.eventId)?.personal?.[word.field] !== commitment(word.field, word.salt, word.value))
      continue;
    const fields = wordsByEvent.get(word.eventId) ?? new Map<string, string>();
    wordsByEvent.set(word.eventId, fields.set(word.field, word.value));
  }
  return leaves.map((leaf) => view(leaf, wordsByEvent.get(leaf.id) ?? new Map(), names));
}

async function namesOf(queries: Queries, leaves: readonly Leaf[]): Promise<Map<string, string | null>> {
  const ids = [
    ...new Set(
      leaves.flatMap((leaf) =>
        leaf.actor.type === 'person' && leaf.actor.id !== null ? [leaf.actor.id] : [],
      ),
    ),
  ];
  if (ids.length === 0) return new Map();
  const rows = await queries
    .select({ id: personalData.personId, name: personalData.name })
    .from(personalData)
    .where(inArray(personalData.personId, ids));
  return new Map(rows.map((row) => [row.id, row.name]));
}

function view(
  leaf: Leaf,
  words: ReadonlyMap<string, string>,
  names: ReadonlyMap<string, string | null>,
): AuditEventView {
  const { address, ...own } = Object.fromEntries(words);
  return {
    id: leaf.id,
    time: leaf.time,
    kind: leaf.kind,
    outcome: leaf.outcome,
    actor: { ...leaf.actor, name: leaf.actor.id === null ? null : (names.get(leaf.actor.id) ?? null) },
    subject: leaf.subject ?? null,
    entitlement: leaf.entitlement ?? null,
    account: leaf.account ?? null,
    request: leaf.request ?? null,
    grant: leaf.grant ?? null,
    session: leaf.session ?? null,
    accessKeyId: leaf.accessKeyId ?? null,
    address: address ?? null,
    requestId: leaf.requestId ?? null,
    rule: leaf.rule ?? null,
    catalogVersion: leaf.catalogVersion ?? null,
    details: { ...own, ...leaf.details },
  };
}
