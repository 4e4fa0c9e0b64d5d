import { formatDuration } from '../catalog/duration.ts';
import { windowAt } from '../catalog/hours.ts';
import type { Entitlement } from '../catalog/types.ts';
import { maxTicketLength, ticketAccepted } from '../catalog/ticket.ts';
import { Refusal } from '../refusal.ts';
import type { Pick as PickedOption } from '../catalog/choices.ts';
import type { Ask } from './content.ts';
import { checkedWords, optionalWords } from './wording.ts';

/** What a person sends in. Lengths in seconds, `startAt` RFC 3339 in UTC. */
export interface SubmitInput {
  /** Ids of entitlements and names of bundles. */
  readonly entitlements: readonly string[];
  /** The choice for an entitlement, by its id; without one it is asked for as a whole. */
  readonly options?: Readonly<
    Record<string, { readonly choice: string; readonly parameters?: PickedOption['parameters'] }>
  >;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket?: string | null;
  readonly startAt?: string | null;
  /** The person it is for, where that is not the caller: an id, or their exact email address. */
  readonly for?: string | null;
  /** The caller's own live grant that is to end later, instead of a new one. */
  readonly extends?: string;
  /** 1 to 255 visible ASCII characters; the same key with the same body is the same request. */
  readonly idempotencyKey?: string | null;
  /** Only say what would happen. */
  readonly dryRun?: boolean;
  /** Ask for nothing where the caller holds the same already, or has asked for it. */
  readonly unlessHeld?: boolean;
}

export const maxEntitlements = 10;
export const minDurationSeconds = 60;
export const maxWords = 1_000;
const maxDaysAhead = 30;
const dayMilliseconds = 86_400_000;

const utcTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z$/;

/**
 * Checks what can be checked without knowing the catalog or the time.
 * @throws Refusal invalid_input
 */
export function checkedAsk(input: SubmitInput): Ask {
  const { entitlements, durationSeconds } = input;
  if (entitlements.length < 1 || entitlements.length > maxEntitlements) {
    throw new Refusal('invalid_input', `entitlements must name 1 to ${maxEntitlements} entitlements.`);
  }
  if (new Set(entitlements).size !== entitlements.length) {
    throw new Refusal('invalid_input', 'entitlements must not name the same entitlement twice.');
  }
  if (!Number.isSafeInteger(durationSeconds) || durationSeconds < minDurationSeconds) {
    throw new Refusal(
      'invalid_input',
      `durationSeconds must be a whole number of seconds, at least ${minDurationSeconds}.`,
    );
  }
  return {
    entitlements: [...entitlements],
    options: Object.fromEntries(
      Object.entries(input.options ?? {}).map(([id, { choice, parameters = {} }]) => [
        id,
        { choice, parameters: { ...parameters } },
      ]),
    ),
    durationSeconds,
    reason: checkedWords('reason', input.reason, maxWords),
    ticket: optionalWords('ticket', input.ticket, maxTicketLength),
    startAt: checkedStart(input.startAt),
    extends: input.extends ?? null,
    for: checkedFor(input),
  };
}

/** The idempotency key, or null. Throws Refusal invalid_input for one that is no key. */
export function checkedKey(key: string | null | undefined): string | null {
  if (key === undefined || key === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Refusal('invalid_input', 'The idempotency key must be 1 to 255 visible ASCII characters.');
  }
  return key;
}

/**
 * Checks the start against the time of the call.
 * @throws Refusal invalid_input when it has passed or lies more than 30 days ahead
 */
export function requireStartInReach(startAt: string | null, now: Date): void {
  if (startAt === null) return;
  const ahead = new Date(startAt).getTime() - now.getTime();
  if (ahead < 0) {
    throw new Refusal('invalid_input', 'startAt has passed: leave it out to start when it is approved.');
  }
  if (ahead > maxDaysAhead * dayMilliseconds) {
    throw new Refusal('invalid_input', `startAt must be at most ${maxDaysAhead} days ahead.`);
  }
}

/**
 * Checks an ask against the terms of each thing that it asks for: every one's own, never another's.
 * @throws Refusal invalid_input naming the entitlement and its limit
 */
export function requireWithinTerms(ask: Ask, entitlements: readonly Entitlement[]): void {
  for (const entitlement of entitlements) {
    if (ask.durationSeconds > entitlement.maxDurationSeconds) {
      throw new Refusal(
        'invalid_input',
        `${entitlement.id} can be had for ${formatDuration(minDurationSeconds)} to ${formatDuration(entitlement.maxDurationSeconds)} (${minDurationSeconds} to ${entitlement.maxDurationSeconds} seconds).`,
        { rule: `${entitlement.id}#maxDuration` },
      );
    }
    requireSomeHours(ask, entitlement);
    if (!ticketAccepted(entitlement, ask.ticket)) {
      const wanted = `a ticket that matches ${entitlement.ticketPattern ?? ''}`;
      throw new Refusal('invalid_input', `${entitlement.id} needs ${wanted}.`, {
        rule: `${entitlement.id}#ticket`,
      });
    }
  }
}

// Only a start that is named can be judged: when a request will be approved is not known.
function requireSomeHours(ask: Ask, { id, conditions }: Entitlement): void {
  if (ask.startAt === null || conditions?.hours === undefined) return;
  const start = new Date(ask.startAt);
  const window = windowAt(conditions.hours, start);
  if (window.open || window.opensAt.getTime() < start.getTime() + ask.durationSeconds * 1000) return;
  const next = window.opensAt.toISOString().replace('.000Z', 'Z');
  throw new Refusal(
    'invalid_input',
    `${id} may be used at certain hours only, and none of them lies in the time asked for: the next begin at ${next}.`,
    { rule: `${id}#conditions.hours` },
  );
}

function checkedFor({ for: person, extends: extended }: SubmitInput): string | null {
  if (person === undefined || person === null) return null;
  if (extended !== undefined) {
    throw new Refusal(
      'invalid_input',
      'Only the person whose grant it is can ask for more time under it: leave for out.',
    );
  }
  return person;
}

function checkedStart(text: string | null | undefined): string | null {
  if (text === undefined || text === null) return null;
  const seconds = utcTime.exec(text)?.[1];
  const time = new Date(text);
  // Dates that do not exist, such as 30 February, would silently become others.
  if (seconds === undefined || Number.isNaN(time.getTime()) || !time.toISOString().startsWith(seconds)) {
    throw new Refusal('invalid_input', 'startAt must be a time in UTC such as 2026-11-22T09:30:00Z.');
  }
  return time.toISOString();
}
