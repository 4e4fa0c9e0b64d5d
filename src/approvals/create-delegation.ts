import type { Work } from '../audit/unit-of-work.ts';
import type { AssuranceDemand, Subject } from '../catalog/types.ts';
import { meant } from '../catalog/steps.ts';
import { and, count, eq, gt, isNull, sql } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import { delegations, people, personalData } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { checkedDelegation, checkedPeriod, type DelegationInput } from './delegation-input.ts';
import { type DelegationView, viewDelegation } from './delegation-view.ts';
import type { ApprovalsDeps } from './deps.ts';
import { holdPeople, type StoredPerson } from './lock.ts';
import { stepsToHandOver } from './principal.ts';

/** What handing over takes: two factors, shown within this many seconds. */
export const delegationDemand: AssuranceDemand = { level: 'multi-factor', maxAgeSeconds: 900 };

const mostStanding = 50;

/**
 * The caller hands their own right to answer to somebody else for a while. What the delegate may answer by it is judged when they
 * answer: by the groups of both and the rules as they are then.
 * Throws Refusal: invalid_input, also, in the same words, for somebody who is not known and somebody to whom no rule lets this
 * right be handed; insufficient_assurance; forbidden when the caller has nothing to hand over; conflict when they have handed
 * over too much already.
 */
export async function createDelegation(
  deps: ApprovalsDeps,
  caller: Caller,
  input: DelegationInput,
): Promise<DelegationView> {
  const asked = checkedDelegation(input);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const [held, managed, standing] = await Promise.all([
      holdPeople(work, catalog, namedAs(asked.delegate, caller.personId)),
      managesSomebody(work, caller.subject),
      countStanding(work, caller.personId, deps.clock()),
    ]);
    const principal = held.get(caller.personId);
    if (principal?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    requireAssurance(caller, delegationDemand, work.now);
    const period = checkedPeriod(asked, work.now);
    const steps = stepsToHandOver(
      catalog,
      { ...principal, onCall: [], handed: asked.entitlements },
      managed ? principal.subject : null,
    );
    if (steps.length === 0) {
      throw new Refusal(
        'forbidden',
        'You have no right of your own that can be handed over: delegates in the steps of the catalog says which can.',
        { catalogVersion: catalog.version },
      );
    }
    if (standing >= mostStanding) {
      throw new Refusal(
        'conflict',
        `You have handed your right over ${mostStanding} times already: end some of them first.`,
      );
    }
    const eligible = (person: Subject) =>
      steps.some(({ delegates }) => delegates !== undefined && meant(delegates, person, null) !== null);
    const delegate = onlyOther(held, caller.personId);
    if (delegate?.active !== true || !eligible(delegate)) throw nobodySuch();

    const id = newId('dlg', work.now);
    const { entitlements, because } = asked;
    work.write(
      work.queries.insert(delegations).values({
        id,
        principal: caller.personId,
        delegate: delegate.personId,
        ...period,
        entitlements: entitlements === null ? null : [...entitlements],
        because,
        createdAt: work.now,
      }),
    );
    work.audit({
      kind: 'delegation.created',
      outcome: 'success',
      subject: delegate.personId,
      catalogVersion: catalog.version,
      details: {
        delegation: id,
        startsAt: period.startsAt.toISOString(),
        endsAt: period.endsAt.toISOString(),
        entitlements: entitlements === null ? null : [...entitlements],
        assurance: caller.assurance.level,
      },
      personal: { comment: because },
    });
    return viewDelegation(work.queries, caller, work.now, id);
  });
}

/** The caller, and whoever is active and named so: by their id, or by their exact address. */
function namedAs(name: string, callerId: string) {
  return sql`(
    SELECT ${callerId}::text
    UNION SELECT ${people.id} FROM ${people} WHERE ${people.id} = ${name} AND ${people.deactivatedAt} IS NULL
    UNION SELECT ${people.id} FROM ${personalData} JOIN ${people} ON ${people.id} = ${personalData.personId}
      WHERE ${personalData.email} = ${name} AND ${people.deactivatedAt} IS NULL
  )`;
}

/** The one person besides the caller; null where there is none, or an address is that of several, the caller's perhaps too. */
function onlyOther(held: ReadonlyMap<string, StoredPerson>, callerId: string): StoredPerson | null {
  const others = [...held.values()].filter(({ personId }) => personId !== callerId);
  return others.length === 1 ? (others[0] ?? null) : null;
}

async function managesSomebody(work: Work, subject: string): Promise<boolean> {
  const rows = await work.queries
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.manager, subject), isNull(people.deactivatedAt)))
    .limit(1);
  return rows.length > 0;
}

// Not under a lock: two at once may go one over. It keeps anybody from being slowed down, and decides nothing.
async function countStanding(work: Work, personId: string, since: Date): Promise<number> {
  const [row] = await work.queries
    .select({ standing: count() })
    .from(delegations)
    .where(
      and(eq(delegations.principal, personId), isNull(delegations.endedAt), gt(delegations.endsAt, since)),
    );
  return row?.standing ?? 0;
}

function nobodySuch(): Refusal {
  return new Refusal(
    'invalid_input',
    'delegate names nobody to whom this right can be handed: give the id or the exact address of somebody whom delegates in the catalog names.',
  );
}
