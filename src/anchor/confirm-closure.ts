import { eq, isNull } from '../db/drizzle.ts';
import { checkedWords } from '../approvals/wording.ts';
import type { Transact, Work } from '../audit/unit-of-work.ts';
import { closureConfirmations, closures, people } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { requireLiveSignIn } from '../identity/live-sign-in.ts';
import { Refusal } from '../refusal.ts';
import type { ClosureRow } from './closure-row.ts';
import { type ClosureView, confirmationsNeeded, toView } from './view-closure.ts';

export interface ConfirmDeps {
  readonly transact: Transact;
  readonly operatorsGroup: string;
}

/** Two factors, shown within this many seconds. */
const demand = { level: 'multi-factor', maxAgeSeconds: 900 } as const;
const maxCharacters = 1_000;

/**
 * An operator says that what the restore brings back was looked after. The second one who does opens Daypass, in the same
 * commit. One person counts once, and only while they are an operator: when the second one confirms, the first is judged anew.
 * Throws Refusal: forbidden, invalid_input, conflict (Daypass is open), insufficient_assurance, unauthenticated (the sign-in is
 * over, or older than the closing), already_decided (they have confirmed before).
 */
export async function confirmClosure(
  deps: ConfirmDeps,
  caller: Caller,
  input: { readonly because: string },
): Promise<ClosureView> {
  if (!caller.isOperator)
    throw new Refusal('forbidden', 'Only operators may confirm that Daypass can be opened.');
  const because = checkedWords('because', input.because, maxCharacters);
  return deps.transact(caller.context, async (work) => {
    // One after the other: the second one sees the first.
    const [row] = await work.queries.select().from(closures).where(isNull(closures.openedAt)).for('update');
    if (row === undefined) throw new Refusal('conflict', 'Daypass is open: there is nothing to confirm.');
    requireAssurance(caller, demand, work.now);
    // Whoever signed in before the closing was signed out by it.
    await requireLiveSignIn(work, caller, row.closedAt);
    await confirm(work, caller, row, because);
    const standing = await standingConfirmations(work, row, deps.operatorsGroup);
    if (standing.length < confirmationsNeeded) return toView(work.queries, row);
    const openedAt = work.now;
    work.write(work.queries.update(closures).set({ openedAt }).where(eq(closures.id, row.id)));
    work.audit({
      kind: 'database.opened',
      outcome: 'success',
      details: { closure: row.id, confirmedBy: standing },
    });
    return toView(work.queries, { ...row, openedAt });
  });
}

async function confirm(work: Work, caller: Caller, row: ClosureRow, because: string): Promise<void> {
  const written = await work.queries
    .insert(closureConfirmations)
    .values({
      closureId: row.id,
      personId: caller.personId,
      signInId: caller.signInId,
      because,
      confirmedAt: work.now,
    })
    .onConflictDoNothing()
    .returning({ personId: closureConfirmations.personId });
  if (written.length === 0) {
    throw new Refusal('already_decided', 'You have confirmed already: another operator has to.');
  }
  work.audit({
    kind: 'database.confirmed',
    outcome: 'success',
    details: { closure: row.id, assurance: caller.assurance.level, signIn: caller.signInId },
    personal: { comment: because },
  });
}

/** Who has confirmed and still is an operator, by the groups as stored now. */
async function standingConfirmations(work: Work, row: ClosureRow, operatorsGroup: string): Promise<string[]> {
  const confirmed = await work.queries
    .select({ id: people.id, groups: people.groups, deactivatedAt: people.deactivatedAt })
    .from(closureConfirmations)
    .innerJoin(people, eq(people.id, closureConfirmations.personId))
    .where(eq(closureConfirmations.closureId, row.id))
    .orderBy(people.id)
    .for('share', { of: people });
  return confirmed
    .filter((person) => person.deactivatedAt === null && person.groups.includes(operatorsGroup))
    .map((person) => person.id);
}
