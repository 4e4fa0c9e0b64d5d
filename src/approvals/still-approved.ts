import type { Work } from '../audit/unit-of-work.ts';
import { mayBreakGlass } from '../catalog/break-glass.ts';
import { mayAsk } from '../catalog/evaluate.ts';
import { eq } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { answersTo, approvalsOf, concerned } from './answers.ts';
import { readContent } from './content.ts';
import type { ApprovalsDeps } from './deps.ts';
import { holdPeople, type RequestRow, type StoredPerson } from './lock.ts';
import { quorumReached, tally } from './quorum.ts';
import { stillJudged } from './rule-facts.ts';
import { roundOf, type StoredRequest, storedRequest } from './stored-request.ts';
import type { Moment } from './waiting.ts';

/**
 * What speaks against activating a grant of an approved request, as things are now; null when nothing does. The people whose
 * standing it rests on are held until the transaction ends. Of the catalog in force it takes who is from outside, and nothing
 * else. That the reviewers were on call, and that a right was handed to them, is what it was when they answered.
 * @returns a sentence for the person it is for
 */
export async function objectionTo(
  deps: Pick<ApprovalsDeps, 'catalog' | 'onCall'>,
  work: Work,
  grant: { readonly requestId: string; readonly entitlement: string },
): Promise<string | null> {
  const catalog = deps.catalog();
  const [[row], answers, held] = await Promise.all([
    work.queries.select().from(requests).where(eq(requests.id, grant.requestId)),
    answersTo(work.queries, grant.requestId),
    holdPeople(work, catalog, concerned(grant.requestId)),
  ]);
  if (row?.state !== 'approved') return 'The request behind it is not approved.';
  for (const id of [row.requester, row.askedBy]) {
    const person = held.get(id);
    if (person?.active !== true) return 'The person it is for is no longer active.';
    const lost = person.barred?.rule ?? lostIn(person, row, grant.entitlement);
    if (lost !== null) return `The person it is for is no longer eligible (${lost}).`;
  }
  const request = { ...storedRequest(row, held), content: readContent(row.content) };
  // What is left where rules would stand in the way: they are not asked.
  if (row.basis === 'break-glass') return notNamed(request, held, grant.entitlement);
  const denied = deniedByNow(request, held, grant.entitlement, {
    catalog,
    now: work.now,
    onCall: deps.onCall(),
  });
  if (denied !== null || row.basis !== 'reviews') return denied;
  return quorumReached(tally(roundOf(request), approvalsOf(answers, held)))
    ? null
    : 'Who approved it is no longer entitled to. Ask again.';
}

function notNamed(
  { row, content }: StoredRequest,
  held: ReadonlyMap<string, StoredPerson>,
  entitlement: string,
): string | null {
  const terms = content.entitlements.find(({ id }) => id === entitlement);
  const requester = held.get(row.requester);
  const named = terms !== undefined && requester !== undefined && mayBreakGlass(terms, requester).allowed;
  return named ? null : 'The person it is for is not named in its break-glass.';
}

/**
 * What of the terms it was asked for on does not let them ask any more: a group that they left, or the review that dropped them.
 * Break-glass has names of its own.
 */
function lostIn(
  person: StoredPerson,
  { basis, content }: Pick<RequestRow, 'basis' | 'content'>,
  entitlement: string,
): string | null {
  const terms = readContent(content).entitlements.find(({ id }) => id === entitlement);
  if (basis === 'break-glass' || terms === undefined) return null;
  const decision = mayAsk(terms, person);
  return decision.allowed ? null : decision.rule;
}

/** What the rules of the entitlement say against it by now: one denies it, or what had approved it alone does not any more. */
function deniedByNow(
  { row, content }: StoredRequest,
  held: ReadonlyMap<string, StoredPerson>,
  entitlement: string,
  moment: Moment,
): string | null {
  const terms = content.entitlements.find(({ id }) => id === entitlement);
  const requester = held.get(row.requester);
  if (terms === undefined || requester === undefined) return 'It was not asked for.';
  try {
    stillJudged(terms, content, { requester, moment, ask: content, asked: row }, row.catalogVersion);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
