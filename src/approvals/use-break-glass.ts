import type { Work } from '../audit/unit-of-work.ts';
import { aroundOf } from './around.ts';
import { breakGlassRule, mayBreakGlass } from '../catalog/break-glass.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { BreakGlassDeps, BreakGlassUsed } from './break-glass-deps.ts';
import { checkedBreakGlass, requireBreakGlassTerms } from './break-glass-terms.ts';
import { entitlementIds, makeContent, type RequestContent } from './content.ts';
import { decide } from './decide.ts';
import { expandAsk } from './expand.ts';
import { findByKey } from './find-by-key.ts';
import { type FollowUpRow, oweFollowUps, requireNoneOverdue, takeTurn } from './follow-ups-owed.ts';
import { newFacts } from './load.ts';
import { holdPeople, type RequestRow } from './lock.ts';
import { peopleTold } from './people-told.ts';
import { requireGivable, seenOf } from './preflight.ts';
import { askedHow } from './rule-facts.ts';
import { storedRequest } from './stored-request.ts';
import { checkedKey, type SubmitInput } from './submission.ts';
import { insert, record, replay, type SubmittedView, toRow } from './submit-request.ts';
import { toView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerOf } from './viewer.ts';

/**
 * Takes entitlements by break-glass: they are the caller's at once, everybody concerned is told, and somebody else is to look at
 * it afterwards. All of that is one commit. Nobody is asked, and neither are the rules of the catalog that deny: it is what is left
 * when they would stand in the way. No ticket is demanded or asked about.
 * Throws Refusal: invalid_input, also for a start, another person or a longer time; not_found for what does not exist or is hidden,
 * alike; forbidden for what has no break-glass that names the caller, and while a follow-up of theirs is overdue;
 * insufficient_assurance; not_possible when AWS was seen not to give it; idempotency_mismatch.
 */
export async function useBreakGlass(
  deps: BreakGlassDeps,
  caller: Caller,
  input: SubmitInput,
): Promise<SubmittedView> {
  const ask = checkedBreakGlass(input);
  const key = input.dryRun === true ? null : checkedKey(input.idempotencyKey);
  const { view, used } = await deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    await takeTurn(work, caller.personId);
    const [earlier, people] = await Promise.all([
      key === null ? undefined : findByKey(work.queries, caller, key),
      holdPeople(work, catalog, [caller.personId]),
    ]);
    const viewer = await viewerOf(work.queries, { catalog, now: work.now, onCall }, caller);
    if (earlier !== undefined) {
      return { view: await replay(work, caller, catalog, viewer, onCall, earlier, ask), used: null };
    }
    const person = people.get(caller.personId);
    if (person?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    const { entitlements, bundles } = expandAsk(catalog, { ...viewer, ...person }, ask, mayBreakGlass);
    await requireNoneOverdue(work, catalog, caller.personId);
    for (const entitlement of entitlements)
      requireBreakGlassTerms(work.now, catalog, caller, ask, entitlement);

    const content = makeContent(caller.personId, ask, entitlements, {
      askedBy: caller.personId,
      bundles,
      breakGlass: true,
    });
    const row = toRow(content, askedHow(caller, work.now), catalog, key, work.now);
    const request = storedRequest(row, people);
    requireGivable(content, await seenOf(work.queries, entitlementIds(content)), work.now);
    const around = await aroundOf(work.queries, caller, request, work.now);
    if (input.dryRun === true) {
      const me = { id: caller.personId, name: caller.name };
      const facts = await newFacts(
        work.queries,
        request,
        { requester: me, askedBy: me, person },
        { catalog, now: work.now, onCall },
      );
      const made = { ...toView(facts, catalog, viewer, work.now), waitingFor: [], mayCancel: false };
      return { view: { ...made, ...around, id: null, replayed: false }, used: null };
    }
    // The turn of the person was taken: nothing else came in under the key.
    if (!(await insert(work, row))) throw new Error(`the key of request ${row.id} is taken`);
    record(work, row, 'breakGlass');
    const rule = entitlements
      .map(({ id }) => breakGlassRule(id))
      .toSorted()
      .join(', ');
    const after = await decide(deps, work, row, content, 'break-glass', rule);
    const owed = oweFollowUps(work, row, content);
    const told = await tell(deps, work, row, content, { owed, rule, manager: person.manager });
    const shown = await viewOf(work, { ...request, row: after }, catalog, viewer, onCall);
    return { view: { ...shown, ...around, replayed: false }, used: told };
  });
  if (used !== null) deps.announce(used);
  return view;
}

interface Use {
  readonly owed: readonly FollowUpRow[];
  readonly rule: string;
  /** OIDC subject of the manager of whoever used it. */
  readonly manager: string | null;
}

/** Says it aloud: in the log of events, and to everybody who is to look at it and every operator. */
async function tell(
  { notify, onCall, operatorsGroup }: BreakGlassDeps,
  work: Work,
  row: RequestRow,
  content: RequestContent,
  { owed, rule, manager }: Use,
): Promise<BreakGlassUsed> {
  const until = new Date(work.now.getTime() + content.durationSeconds * 1000).toISOString();
  const entitlements = entitlementIds(content);
  const due = owed.map(({ id, entitlement, dueAt }) => ({
    id,
    entitlement,
    dueAt: dueAt.toISOString(),
  }));
  const only = content.entitlements.length === 1 ? content.entitlements[0] : undefined;
  work.audit({
    kind: 'breakglass.used',
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    ...(only === undefined ? {} : { entitlement: only.id, account: only.account.id }),
    rule,
    catalogVersion: row.catalogVersion,
    details: { entitlements, until, followUps: owed.map(({ id }) => id) },
    personal: { reason: content.reason },
  });
  const whos = content.entitlements.flatMap(({ breakGlass }) =>
    breakGlass === undefined ? [] : [breakGlass.followUp.by],
  );
  const people = await peopleTold(
    work.queries,
    { whos, manager, groups: [operatorsGroup], except: row.requester },
    onCall(),
  );
  notify(work, {
    kind: 'break-glass.used',
    request: row.id,
    people,
    body: { person: row.requester, entitlements, until, followUps: due },
  });
  return { request: row.id, person: row.requester, entitlements, until };
}
