import { meant, stepRule, stepsOf } from '../catalog/steps.ts';
import type { Entitlement, Step, Subject } from '../catalog/types.ts';
import { handsOver, type Principal } from './principal.ts';

/** An approval that stands. Groups are those of now; the schedules are those of when it was given. */
export interface Approval {
  readonly reviewer: Subject;
  /** Whose right the reviewer had been handed; null: their own. */
  readonly principal: Principal | null;
  readonly at: Date;
  /** The entitlements whose step it brought forward when it was given; null: of one that is only thought of, all. */
  readonly parts: readonly string[] | null;
}

/** Those whom a request is about. They never count. */
export interface Parties {
  /** Person ids: whose access it is, and who asked for it. */
  readonly ids: readonly string[];
  readonly subjects: readonly string[];
  /** OIDC subject of the manager of whose access it is; null when none is known. */
  readonly manager: string | null;
}

/** What approvals are counted for. */
export interface Round {
  readonly entitlements: readonly Pick<Entitlement, 'id' | 'approve'>[];
  /** Steps whose condition did not hold when it was asked, by entitlement. */
  readonly skipped: Readonly<Record<string, readonly string[]>>;
  /** The rules that approve some of them without anybody being asked, by entitlement. */
  readonly byRule: Readonly<Record<string, string>>;
  readonly parties: Parties;
  readonly askedAt: Date;
}

/** How far one step is met. */
export interface StepTally {
  readonly step: Step;
  readonly rule: string;
  readonly needed: number;
  /** Whose rights were counted: person ids, each once in all steps. */
  readonly counted: readonly string[];
  /** When its turn came; null while an earlier one waits. */
  readonly since: Date | null;
}

/** How far the rule of one entitlement is met. */
export interface Tally {
  readonly entitlement: string;
  /** The rule that approves it; null: people do. */
  readonly byRule: string | null;
  readonly steps: readonly StepTally[];
}

/**
 * Counts approvals, in the order they were given, step by step. Whoever asked, and whose access it is, never count; a person
 * counts once across all steps of an entitlement, however often and through however many groups they appear, whether by
 * themselves or by somebody who answers for them.
 */
export function tally(round: Round, approvals: readonly Approval[]): Tally[] {
  const inOrder = approvals.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return round.entitlements.map((entitlement) => {
    const byRule = Object.hasOwn(round.byRule, entitlement.id)
      ? (round.byRule[entitlement.id] ?? null)
      : null;
    if (byRule !== null) return { entitlement: entitlement.id, byRule, steps: [] };
    const used = new Set(round.parties.ids);
    let since: Date | null = round.askedAt;
    const steps: StepTally[] = [];
    for (const step of demandedSteps(entitlement, round.skipped[entitlement.id])) {
      const needed = neededOf(step, round.parties);
      const counted: Approval[] = [];
      const seats: string[] = [];
      for (const approval of since === null ? [] : inOrder) {
        if (seats.length >= needed) break;
        // An answer counts where it was its turn as it was given, and nowhere else later on.
        if (approval.parts !== null && !approval.parts.includes(entitlement.id)) continue;
        const seat = since === null ? null : seatOf(entitlement.id, step, approval, round.parties, since);
        if (seat === null || used.has(seat) || used.has(approval.reviewer.personId)) continue;
        used.add(seat).add(approval.reviewer.personId);
        seats.push(seat);
        counted.push(approval);
      }
      steps.push({ step, rule: stepRule(entitlement, step), needed, counted: seats, since });
      since = seats.length < needed ? null : latest(since, counted);
    }
    return { entitlement: entitlement.id, byRule, steps };
  });
}

/** Are all rules met? Nothing asked for is never met. */
export function quorumReached(tallies: readonly Tally[]): boolean {
  return (
    tallies.length > 0 &&
    tallies.every(({ byRule, steps }) => byRule !== null || (steps.length > 0 && steps.every(isMet)))
  );
}

/** The step that waits for answers now; null when none does. */
export function openStep({ steps }: Tally): StepTally | null {
  return steps.find((step) => !isMet(step)) ?? null;
}

/** The entitlements for which one more approval would count. */
export function advancedBy(round: Round, approvals: readonly Approval[], candidate: Approval): string[] {
  const before = tally(round, approvals);
  const after = tally(round, [...approvals, candidate]);
  return after.flatMap((one, place) => (countedIn(one) > countedIn(before[place]) ? [one.entitlement] : []));
}

/** May this person answer the step, at that time, by a right of their own? */
export function asks(step: Step, subject: Subject, manager: string | null, since: Date, at: Date): boolean {
  if (meant(step.who, subject, manager) !== null) return true;
  const { escalate } = step;
  return (
    escalate !== undefined &&
    at.getTime() >= since.getTime() + escalate.afterSeconds * 1000 &&
    meant(escalate.who, subject, manager) !== null
  );
}

// Conditions can leave steps out, never all of them: somebody always answers.
function demandedSteps(
  entitlement: Pick<Entitlement, 'approve'>,
  skipped: readonly string[] = [],
): readonly Step[] {
  const steps = stepsOf(entitlement);
  const demanded = steps.filter(({ name }) => !skipped.includes(name));
  return demanded.length === 0 ? steps : demanded;
}

function neededOf({ count, who }: Step, parties: Parties): number {
  const wanted =
    count === 'all'
      ? (who.people ?? []).filter((subject) => !parties.subjects.includes(subject)).length
      : count;
  // A rule that asks for nobody still asks for somebody.
  return Math.max(1, wanted);
}

/** Whose right an approval uses in a step: the reviewer's own, that of whoever handed it to them, or none. */
function seatOf(
  entitlement: string,
  step: Step,
  { reviewer, principal, at }: Approval,
  { manager }: Parties,
  since: Date,
): string | null {
  if (asks(step, reviewer, manager, since, at)) return reviewer.personId;
  if (principal === null || !handsOver(principal, entitlement) || step.delegates === undefined) return null;
  if (meant(step.delegates, reviewer, manager) === null) return null;
  return asks(step, principal, manager, since, at) ? principal.personId : null;
}

function latest(since: Date | null, counted: readonly Approval[]): Date {
  return new Date(Math.max(since?.getTime() ?? 0, ...counted.map(({ at }) => at.getTime())));
}

function isMet({ counted, needed }: StepTally): boolean {
  return counted.length >= needed;
}

function countedIn(one: Tally | undefined): number {
  return one?.steps.reduce((sum, { counted }) => sum + counted.length, 0) ?? 0;
}
