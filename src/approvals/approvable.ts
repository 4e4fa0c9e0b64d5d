import { mayAsk } from '../catalog/evaluate.ts';
import type { Catalog } from '../catalog/types.ts';
import { Refusal } from '../refusal.ts';
import { changedSince, fieldsOf } from './changes.ts';
import { readContent, type RequestContent } from './content.ts';
import { requestDigest } from './digest.ts';
import type { RequestRow, StoredPerson } from './lock.ts';
import { type AskedFacts, stillJudged } from './rule-facts.ts';
import type { Moment } from './waiting.ts';

/** What an approval depends on in a stored request. */
export type ApprovableRow = Pick<RequestRow, 'id' | 'content' | 'digest' | 'requester' | 'askedBy'> &
  AskedFacts['asked'];

/**
 * An approval gives what the digest names, so all of it must still hold.
 * Throws Refusal digest_mismatch when the rules changed since (it can still be denied), not_possible when one of those it is
 * about has left or may not ask for it any more, or the rule that approves a part of it alone does not by now, and forbidden when a
 * rule denies it by now.
 */
export function requireApprovable(
  row: ApprovableRow,
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
      `The rules changed after this was asked for (${fieldsOf(changed)}). It can be denied, or asked for again.`,
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
    stillJudged(terms, content, { requester, moment, ask: content, asked: row }, catalog.version);
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
