import { and, eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { mayAsk } from '../catalog/evaluate.ts';
import type { Catalog } from '../catalog/types.ts';
import { requests, requestVersions } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { type Change, changedSince, whatChanged } from './changes.ts';
import { readContent, type RequestContent } from './content.ts';
import { requestDigest } from './digest.ts';
import type { StoredPerson } from './lock.ts';
import { judged } from './rule-facts.ts';
import type { Moment } from './waiting.ts';

type Row = typeof requests.$inferSelect;

/**
 * A review answers what is stored, or something wider that it was narrowed from: what holds for more holds for less.
 * Throws Refusal digest_mismatch with the right digest and what changed. A digest of another request of the same person and the
 * same entitlements (an earlier try, say) is explained field by field; of any other nothing is known.
 */
export async function requireDigest(
  work: Work,
  row: Row,
  content: RequestContent,
  digest: string,
): Promise<void> {
  if (digest === row.digest) return;
  const [wider] = await work.queries
    .select({ digest: requestVersions.digest })
    .from(requestVersions)
    .where(and(eq(requestVersions.requestId, row.id), eq(requestVersions.digest, digest)));
  if (wider !== undefined) return;
  const [earlier] = await work.queries
    .select({ content: requests.content })
    .from(requests)
    .where(and(eq(requests.requester, row.requester), eq(requests.digest, digest)))
    .limit(1);
  const before = earlier?.content as RequestContent | undefined;
  const known = new Set(content.entitlements.map((terms) => terms.id));
  const changed: Change[] =
    before !== undefined && before.entitlements.every((terms) => known.has(terms.id))
      ? whatChanged(before, content)
      : [{ field: 'digest', before: digest, after: row.digest }];
  throw new Refusal(
    'digest_mismatch',
    `The request is not what you reviewed (changed: ${fields(changed)}). Read it again, then answer with its digest.`,
    { digest: row.digest, changed },
  );
}

/**
 * An approval gives what the digest names, so all of it must still hold.
 * Throws Refusal digest_mismatch when the rules changed since (it can still be denied), not_possible when one of those it is
 * about has left or may not ask for it any more, and forbidden when a rule denies it by now.
 */
export function requireApprovable(
  row: Row,
  catalog: Catalog,
  people: ReadonlyMap<string, StoredPerson>,
  moment: Moment,
): void {
  const content = readContent(row.content);
  if (requestDigest(content) !== row.digest) {
    throw new Error(`request ${row.id} does not have the digest that is stored beside it`);
  }
  const changed = changedSince(content, catalog);
  if (changed.length > 0) {
    throw new Refusal(
      'digest_mismatch',
      `The rules changed after this was asked for (${fields(changed)}). It can be denied, or asked for again.`,
      { digest: row.digest, changed, catalogVersion: catalog.version },
    );
  }
  const requester = people.get(row.requester);
  for (const person of [requester, people.get(row.askedBy)]) {
    if (person?.active !== true) {
      throw new Refusal('not_possible', 'The person who asked is no longer active: deny it instead.');
    }
    for (const terms of content.entitlements) requireStillAskable(terms, person, catalog);
  }
  if (requester === undefined) throw new Error(`request ${row.id} is for nobody`);
  for (const terms of content.entitlements) {
    judged(terms, { requester, moment, ask: content, asked: row }, catalog.version);
  }
}

function requireStillAskable(
  terms: RequestContent['entitlements'][number],
  person: StoredPerson,
  catalog: Catalog,
): void {
  const decision = mayAsk(terms, person);
  if (decision.allowed) return;
  throw new Refusal(
    'not_possible',
    `The person who asked may not have ${terms.id} any more (${decision.rule}): deny it instead.`,
    { rule: decision.rule, catalogVersion: catalog.version },
  );
}

function fields(changed: readonly Change[]): string {
  const named = changed.slice(0, 5).map((change) => change.field);
  return named.join(', ') + (changed.length > named.length ? ', …' : '');
}
