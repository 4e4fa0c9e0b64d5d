import type { TicketAnswer, TicketAsk, TicketValidator } from '../../approvals/tickets.ts';
import type { Clock } from '../../db/clock.ts';
import { newId } from '../../db/ids.ts';
import { EgressRefused } from '../../egress/refused.ts';
import type { SignedCall } from '../../egress/signed-call.ts';

export interface TicketValidatorDeps {
  readonly call: SignedCall;
  readonly clock: Clock;
  /** Told why the validator could not be asked, for the log: the message of an EgressRefused names the host at most. */
  readonly report: (error: unknown) => void;
}

const mostCharacters = 500;

/** Asks a validator over a signed webhook. One that is down, refuses, or answers anything but what is agreed, is unknown. */
export function createTicketValidator({ call, clock, report }: TicketValidatorDeps): TicketValidator {
  return {
    async validate({ ticket, requester, askedBy, entitlements, durationSeconds, reason }: TicketAsk) {
      const body = {
        type: 'ticket.validate',
        ticket,
        requester: { subject: requester.subject },
        ...(askedBy === undefined ? {} : { askedBy: { subject: askedBy.subject } }),
        entitlements,
        durationSeconds,
        reason,
      };
      try {
        const answer = readAnswer(await call({ id: newId('msg', clock()), body }));
        if (answer !== null) return answer;
        report(new Error('the ticket validator answered with something else than agreed'));
        return unknown('gave an answer that Daypass does not understand');
      } catch (error) {
        report(error);
        return unknown(`could not be asked (${error instanceof EgressRefused ? error.code : 'fault'})`);
      }
    },
  };
}

/** Null for anything that is not agreed. What is said to be valid must say so with `true` itself. */
function readAnswer(answer: unknown): TicketAnswer | null {
  if (typeof answer !== 'object' || answer === null || !('valid' in answer)) return null;
  if (answer.valid === true) return { valid: true };
  if (answer.valid !== false) return null;
  const because = 'because' in answer && typeof answer.because === 'string' ? oneLine(answer.because) : '';
  return { valid: false, because: because === '' ? 'The ticket validator gave no reason.' : because };
}

// It is shown to people, in terminals too.
function oneLine(text: string): string {
  return text
    .slice(0, mostCharacters)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

function unknown(what: string): TicketAnswer {
  return {
    unknown: true,
    because: `The ticket validator ${what}: try again later, or tell the operators of Daypass.`,
  };
}
