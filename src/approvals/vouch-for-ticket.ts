import { isDeepStrictEqual } from 'node:util';
import type { Entitlement } from '../catalog/types.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type Admitted, admit } from './admit.ts';
import { withColleague } from './colleague.ts';
import type { Ask } from './content.ts';
import type { ApprovalsDeps } from './deps.ts';
import { expandAsk } from './expand.ts';
import { findByKey } from './find-by-key.ts';
import { readPeople } from './lock.ts';
import type { TicketAsk } from './tickets.ts';
import { viewerOf } from './viewer.ts';

/**
 * Asks the validator about the ticket of an ask, before its transaction: nothing is locked meanwhile. Only where something that is
 * asked for wants it and the catalog lets the ask through; everybody else is told why not without a call, and hidden
 * entitlements stay hidden.
 * @param key the idempotency key: what was asked under it already is answered again, and not validated again
 * @returns what the validator said yes to; null where nothing was to be asked
 * @throws Refusal invalid_input with the validator's words when the ticket is not good; not_possible when nobody could say
 */
export async function vouchForTicket(
  deps: ApprovalsDeps,
  caller: Caller,
  ask: Ask,
  key: string | null,
): Promise<TicketAsk | null> {
  if (ask.ticket === null) return null;
  const catalog = deps.catalog();
  const moment = { catalog, now: deps.clock(), onCall: deps.onCall() };
  const viewer = await viewerOf(deps.db, moment, caller);
  const expanded = unlessRefused(() => expandAsk(catalog, viewer, ask));
  if (expanded === null || wanting(expanded.entitlements).length === 0) return null;
  if (key !== null && (await findByKey(deps.db, caller, key)) !== undefined) return null;
  const named = await withColleague(deps.db, ask);
  const people = await readPeople(deps.db, moment, [
    caller.personId,
    ...(named.for === null ? [] : [named.for]),
  ]);
  const admitted = unlessRefused(() => admit(catalog, caller, viewer, named, people, moment.now));
  const question = admitted === null ? null : questionOf(named, admitted);
  if (question === null) return null;
  const rule = ruleOf(question);
  const answer = (await deps.tickets?.validate(question)) ?? {
    unknown: true,
    because: 'There is no ticket validator: tell the operators of Daypass.',
  };
  if ('unknown' in answer) {
    throw new Refusal(
      'not_possible',
      `Your ticket cannot be checked now, so nothing was asked. ${answer.because}`,
      { rule },
    );
  }
  if (!answer.valid) {
    throw new Refusal('invalid_input', `Your ticket is not good for this: ${answer.because}`, { rule });
  }
  return question;
}

/**
 * What is stored is what was vouched for. Throws Refusal conflict when it is not: the catalog, or who somebody is, changed while
 * the validator was asked.
 */
export function requireVouched(ask: Ask, admitted: Admitted, vouched: TicketAsk | null): void {
  const question = questionOf(ask, admitted);
  if (question === null || isDeepStrictEqual(question, vouched)) return;
  throw new Refusal(
    'conflict',
    'The rules changed while your ticket was checked, so nothing was asked. Ask again.',
    { rule: ruleOf(question) },
  );
}

/** What the validator must say yes to; null where nothing wants it. */
function questionOf(ask: Ask, { entitlements, requester, asker }: Admitted): TicketAsk | null {
  const ids = wanting(entitlements);
  if (ids.length === 0 || ask.ticket === null) return null;
  return {
    ticket: ask.ticket,
    requester: { subject: requester.subject },
    ...(asker.personId === requester.personId ? {} : { askedBy: { subject: asker.subject } }),
    entitlements: ids,
    durationSeconds: ask.durationSeconds,
    reason: ask.reason,
  };
}

function wanting(entitlements: readonly Entitlement[]): string[] {
  return entitlements
    .filter(({ ticketValidated }) => ticketValidated === true)
    .map(({ id }) => id)
    .toSorted();
}

function ruleOf({ entitlements }: TicketAsk): string {
  return entitlements.map((id) => `${id}#ticketValidated`).join(', ');
}

// Whoever refuses says so in the transaction, under its locks.
function unlessRefused<T>(decide: () => T): T | null {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
