import { entitlementPattern, maxPatternLength } from '../catalog/entitlement-pattern.ts';
import { Refusal } from '../refusal.ts';
import { maxWords } from './submission.ts';
import { checkedWords } from './wording.ts';

/** What a person sends in to hand their right over. Times are RFC 3339 in UTC. */
export interface DelegationInput {
  /** To whom: the id of a person, or the exact address of one. */
  readonly delegate: string;
  /** From when; left out: from now. */
  readonly startsAt?: string | null;
  /** Until when: at most 30 days later. */
  readonly endsAt: string;
  /** For which entitlements: ids, or patterns in which `*` stands for any characters; left out: all. */
  readonly entitlements?: readonly string[] | null;
  readonly because: string;
}

/** The same, checked as far as it can be without the time. */
export interface CheckedDelegation {
  readonly delegate: string;
  readonly startsAt: Date | null;
  readonly endsAt: Date;
  readonly entitlements: readonly string[] | null;
  readonly because: string;
}

export const maxPatterns = 20;
export const maxDelegationDays = 30;
const longest = maxDelegationDays * 86_400_000;
const utcTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z$/;

/** Throws Refusal invalid_input. */
export function checkedDelegation(input: DelegationInput): CheckedDelegation {
  const { delegate, startsAt = null, endsAt, because } = input;
  return {
    delegate: delegate.trim(),
    startsAt: startsAt === null ? null : checkedTime('startsAt', startsAt),
    endsAt: checkedTime('endsAt', endsAt),
    entitlements: checkedPatterns(input.entitlements ?? null),
    because: checkedWords('because', because, maxWords),
  };
}

/**
 * The period, against the time of the call. Throws Refusal invalid_input where it has passed, is longer than 30 days, or lies
 * further ahead than that.
 */
export function checkedPeriod(
  { startsAt, endsAt }: Pick<CheckedDelegation, 'startsAt' | 'endsAt'>,
  now: Date,
): { readonly startsAt: Date; readonly endsAt: Date } {
  const start = startsAt ?? now;
  if (start < now) {
    throw new Refusal('invalid_input', 'startsAt has passed: leave it out to start now.');
  }
  if (start.getTime() - now.getTime() > longest) {
    throw new Refusal('invalid_input', `startsAt must be at most ${maxDelegationDays} days ahead.`);
  }
  if (endsAt <= start) throw new Refusal('invalid_input', 'endsAt must come after the start, and after now.');
  if (endsAt.getTime() - start.getTime() > longest) {
    throw new Refusal('invalid_input', `endsAt must be at most ${maxDelegationDays} days after the start.`);
  }
  return { startsAt: start, endsAt };
}

function checkedPatterns(patterns: readonly string[] | null): readonly string[] | null {
  if (patterns === null) return null;
  const each = [...new Set(patterns)].toSorted();
  if (each.length < 1 || each.length > maxPatterns) {
    throw new Refusal(
      'invalid_input',
      `entitlements must name 1 to ${maxPatterns} entitlements or patterns; leave it out for all.`,
    );
  }
  if (each.some((one) => one.length > maxPatternLength || !new RegExp(entitlementPattern).test(one))) {
    throw new Refusal(
      'invalid_input',
      'entitlements must be ids of entitlements, or patterns such as `prod/*` in which * stands for any characters.',
    );
  }
  return each;
}

function checkedTime(name: string, text: string): Date {
  const seconds = utcTime.exec(text)?.[1];
  const time = new Date(text);
  // Dates that do not exist, such as 30 February, would silently become others.
  if (seconds === undefined || Number.isNaN(time.getTime()) || !time.toISOString().startsWith(seconds)) {
    throw new Refusal('invalid_input', `${name} must be a time in UTC such as 2026-12-01T00:00:00Z.`);
  }
  return time;
}
