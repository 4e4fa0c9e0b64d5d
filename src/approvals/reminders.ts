import type { Entitlement } from '../catalog/types.ts';
import { openStep, type StepTally, type Tally } from './quorum.ts';

const minute = 60_000;
const firstAtMost = 30 * minute;
/** Nobody is reminded so shortly before a request expires: it would not be read in time. */
const tooLate = 5 * minute;
/** What can come due by an answer, and by whoever loses a right, is looked for so often. */
export const lookEvery = minute;

interface Window {
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/**
 * When a request is called to mind next: the first time after half an hour, or a quarter of the time there is to answer where
 * that is less; then after twice as long each time.
 * @param reminded how often it was
 * @param since when it was last, or when it was asked
 * @returns null: not any more, it is about to expire
 */
export function nextReminder({ createdAt, expiresAt }: Window, reminded: number, since: Date): Date | null {
  const first = Math.min(firstAtMost, (expiresAt.getTime() - createdAt.getTime()) / 4);
  const at = new Date(since.getTime() + first * 2 ** reminded);
  return isTooLate({ expiresAt }, at) ? null : at;
}

/** Is it about to expire? */
export function isTooLate({ expiresAt }: Pick<Window, 'expiresAt'>, at: Date): boolean {
  return at.getTime() > expiresAt.getTime() - tooLate;
}

/** A step whose turn it is, that asks more people after some time. */
export interface Escalating extends StepTally {
  readonly entitlement: string;
  readonly dueAt: Date;
}

/** The steps whose turn it is that ask more people at some time. */
export function escalating(tallies: readonly Tally[]): Escalating[] {
  return tallies.flatMap((one) => {
    const open = openStep(one);
    const { escalate } = open?.step ?? {};
    if (open === null || open.since === null || escalate === undefined) return [];
    const dueAt = new Date(open.since.getTime() + escalate.afterSeconds * 1000);
    return [{ ...open, entitlement: one.entitlement, dueAt }];
  });
}

/** Has any step, whether or not its turn has come, an escalation that nobody was told of? */
export function mayEscalate(
  tallies: readonly Tally[],
  told: (entitlement: Entitlement['id'], step: string) => boolean,
): boolean {
  return tallies.some(({ entitlement, steps }) =>
    steps.some(({ step }) => step.escalate !== undefined && !told(entitlement, step.name)),
  );
}
