import type { Work } from '../audit/unit-of-work.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Catalog } from '../catalog/types.ts';
import { and, asc, eq, lte, ne, or, sql } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import { followUps, requests } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import type { RequestContent } from './content.ts';
import { followUpRule, lookersText } from './follow-up-rights.ts';
import type { RequestRow } from './lock.ts';

export type FollowUpRow = typeof followUps.$inferSelect;

// The first key of the advisory lock that migrations/0016_break_glass.sql takes for a person's follow-ups.
const turnOfPerson = 422_177_522;

/**
 * Takes the turn of a person, to the end of the transaction: of two uses, or of a use and a follow-up that becomes overdue, the
 * second sees what the first one did.
 */
export async function takeTurn(work: Work, personId: string): Promise<void> {
  await work.queries.execute(sql`SELECT pg_advisory_xact_lock(${turnOfPerson}, hashtext(${personId}))`);
}

/**
 * While somebody should long have looked at what a person did, that person does no more of it. Due is enough, whether a sweep has
 * said so or not. Throws Refusal forbidden, saying what is overdue and who can look at it.
 */
export async function requireNoneOverdue(work: Work, catalog: Catalog, personId: string): Promise<void> {
  const overdue = await work.queries
    .select({ followUp: followUps, content: requests.content })
    .from(followUps)
    .innerJoin(requests, eq(requests.id, followUps.requestId))
    .where(
      and(
        eq(followUps.owedBy, personId),
        ne(followUps.state, 'done'),
        or(eq(followUps.state, 'overdue'), lte(followUps.dueAt, work.now)),
      ),
    )
    .orderBy(asc(followUps.id))
    .limit(10);
  const [first] = overdue;
  if (first === undefined) return;
  const each = overdue.map(({ followUp, content }) => {
    const { id, entitlement, owedBy, createdAt: usedAt, dueAt } = followUp;
    const terms = (content as RequestContent).entitlements.find((one) => one.id === entitlement);
    const used = terms && { terms: entitlementFromTerms(terms), owedBy, manager: null, usedAt };
    const whom = used === undefined ? 'nobody' : lookersText(used, catalog, work.now);
    return { id, entitlement, dueAt: dueAt.toISOString(), whom };
  });
  const [{ id, entitlement, whom } = { id: '', entitlement: '', whom: '' }] = each;
  throw new Refusal(
    'forbidden',
    `Nobody has looked in time at your earlier break-glass of ${entitlement} (${id}): until that is done, you may use no other. Ask ${whom} to look at \`daypass follow-ups\`.`,
    { rule: followUpRule(first.followUp.entitlement), catalogVersion: catalog.version, followUps: each },
  );
}

/** Writes what is owed for a use, one for each entitlement, with its event. */
export function oweFollowUps(work: Work, row: RequestRow, content: RequestContent): FollowUpRow[] {
  return content.entitlements.map((terms) => {
    const { breakGlass } = terms;
    if (breakGlass === undefined) throw new Error(`${terms.id} has no break-glass to be followed up`);
    const id = newId('fup', work.now);
    const owed: FollowUpRow = {
      id,
      kind: 'break-glass',
      requestId: row.id,
      entitlement: terms.id,
      owedBy: row.requester,
      state: 'owed',
      priorState: 'new',
      createdAt: work.now,
      dueAt: new Date(work.now.getTime() + breakGlass.followUp.withinSeconds * 1000),
      overdueAt: null,
      toldAt: null,
      verdict: null,
      words: null,
      doneBy: null,
      doneAt: null,
    };
    work.write(work.queries.insert(followUps).values(owed));
    work.audit({
      kind: 'followup.owed',
      outcome: 'success',
      subject: row.requester,
      entitlement: terms.id,
      account: terms.account.id,
      request: row.id,
      rule: followUpRule(terms.id),
      catalogVersion: row.catalogVersion,
      details: { followUp: id, dueAt: owed.dueAt.toISOString() },
    });
    return owed;
  });
}
