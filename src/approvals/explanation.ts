import { mayAsk } from '../catalog/evaluate.ts';
import type { Answer } from '../catalog/rules/condition.ts';
import { whoText } from '../catalog/steps.ts';
import type { AssuranceDemand, AssuranceLevel, Catalog, Entitlement } from '../catalog/types.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Assurance } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { PersonRef } from './approvers.ts';
import type { Ask } from './content.ts';
import type { StoredPerson } from './lock.ts';
import { type OnCallNow, schedulesOf } from './on-call.ts';
import type { Principal } from './principal.ts';
import { type RouteReasons, routeReasons, type StepReason } from './reasons.ts';
import { mayKnow } from './rights.ts';
import { askedHow } from './rule-facts.ts';
import { requireStartInReach, requireWithinTerms } from './submission.ts';

/** One thing that has to hold before rules are asked. */
export interface Check {
  readonly name: 'active' | 'visible' | 'ask' | 'terms' | 'assurance';
  readonly ok: boolean;
  /** The rule that says so. */
  readonly rule: string;
  /** Why, in words. */
  readonly reason: string;
}

/** What is asked, where it matters to what is explained. */
export interface ExplainedAsk {
  readonly person: StoredPerson;
  /** Who has handed them their right to answer. */
  readonly principals: readonly Principal[];
  readonly at: Date;
  readonly ask: Pick<Ask, 'durationSeconds' | 'reason' | 'ticket'>;
  readonly assurance: Assurance;
  /** Null: not known. */
  readonly address: string | null;
}

/** Everything that can be told without looking for people. */
export interface Reasoned {
  /** In the order in which the service asks; the first that does not hold refuses. */
  readonly checks: readonly Check[];
  readonly route: RouteReasons;
  /** Whether anything, or whoever would have to approve it, stands in the way from the start. */
  readonly refused: boolean;
}

/** Why one person would get an entitlement or not, from first to last: nothing is left out because something before it refuses. Pure. */
export function reasonedFor(
  catalog: Catalog,
  entitlement: Entitlement,
  onCall: OnCallNow,
  { person, principals, at, ask, assurance, address }: ExplainedAsk,
): Reasoned {
  const { id } = entitlement;
  const subject = { ...person, onCall: schedulesOf(onCall, person.subject) };
  const whole: Ask = { ...ask, entitlements: [id], options: {}, startAt: null, extends: null, for: null };
  const may = mayAsk(entitlement, subject);
  const visible = mayKnow(entitlement, { ...subject, principals });
  const checks: Check[] = [
    {
      name: 'active',
      ok: person.active && person.barred === undefined,
      rule: person.barred?.rule ?? 'people',
      reason: person.active ? (person.barred?.reason ?? 'known and active') : 'no longer active',
    },
    {
      name: 'visible',
      ok: visible,
      rule: may.rule,
      reason: visible ? 'may know of it' : 'it answers as if it did not exist',
    },
    { name: 'ask', ok: may.allowed, rule: may.rule, reason: may.reason },
    attempt('terms', `${id}#maxDuration`, 'within what can be had', () => {
      requireWithinTerms(whole, [entitlement]);
      requireStartInReach(whole.startAt, at);
    }),
    attempt('assurance', `${id}#assurance.ask`, 'proven strongly enough to ask', () =>
      requireAssurance({ assurance }, entitlement.assurance.ask, at),
    ),
  ];
  const asked = askedHow({ assurance, context: { address } }, at);
  const facts = {
    requester: person,
    moment: { catalog, now: at, onCall },
    ask: { ...ask, startAt: null },
    asked,
  };
  const parties = { ids: [person.personId], subjects: [person.subject], manager: person.manager };
  const route = routeReasons(entitlement, facts, parties);
  return { checks, route, refused: route.decision === 'deny' || checks.some(({ ok }) => !ok) };
}

function attempt(name: Check['name'], rule: string, fine: string, run: () => void): Check {
  try {
    run();
    return { name, ok: true, rule, reason: fine };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { rule: told = rule } = error.extra;
    return { name, ok: false, rule: typeof told === 'string' ? told : rule, reason: error.message };
  }
}

/** A step of an explanation. */
export interface ExplainedStep {
  readonly name: string;
  readonly rule: string;
  /** Whom it asks, in words. */
  readonly whom: string;
  /** How many different people. */
  readonly needed: number;
  /** False: its condition does not hold. */
  readonly asked: boolean;
  readonly condition: {
    readonly text: string;
    readonly answer: Answer['answer'];
    readonly reason: string | null;
  } | null;
  /** Who they are now, at most 20, without the person it is for. */
  readonly people: readonly PersonRef[];
  /** Who is asked as well when nobody has answered for so long. */
  readonly escalates: {
    readonly afterSeconds: number;
    readonly whom: string;
    readonly people: readonly PersonRef[];
  } | null;
  /** To whom it may be handed over, in words; null: to nobody. */
  readonly delegates: string | null;
}

/** A schedule that the rules of the entitlement ask. */
export interface ExplainedSchedule {
  readonly name: string;
  readonly known: boolean;
  /** Why nobody is known to be on call; null where it is known. */
  readonly because: string | null;
}

export interface Explanation {
  readonly entitlement: string;
  readonly catalogVersion: string;
  readonly person: PersonRef;
  /** What the answer rests on. Lengths are whole seconds. */
  readonly assumed: {
    readonly at: string;
    readonly durationSeconds: number;
    readonly ticket: string | null;
    readonly reason: string;
    readonly assurance: { readonly level: AssuranceLevel; readonly ageSeconds: number };
    readonly address: string | null;
  };
  /** `refused`: no request would come about. `approved`: a rule approves. `people`: steps are asked. */
  readonly outcome: 'refused' | 'approved' | 'people';
  readonly checks: readonly Check[];
  readonly rules: readonly {
    readonly rule: string;
    readonly effect: 'deny' | 'approve';
    readonly answer: Answer['answer'];
    /** Why there is no answer. */
    readonly reason: string | null;
    readonly because: string;
  }[];
  readonly decidedBy: { readonly rule: string; readonly because: string } | null;
  readonly steps: readonly ExplainedStep[];
  /** The first step that nobody who is known could meet, each person counting once; null: all could be. */
  readonly unsatisfiable: string | null;
  readonly schedules: readonly ExplainedSchedule[];
  readonly assurance: {
    readonly ask: AssuranceDemand;
    readonly approve: AssuranceDemand;
    readonly issue: AssuranceDemand;
  };
}

/** A step as it is explained, with those who could answer it now and after it has escalated. */
export function explainedStep(
  { step, rule, needed, asked, condition }: StepReason,
  people: readonly PersonRef[],
  later: readonly PersonRef[],
): ExplainedStep {
  const { name, who, when, escalate, delegates } = step;
  return {
    name,
    rule,
    whom: whoText(who),
    needed,
    asked,
    condition:
      condition === null || when === undefined
        ? null
        : {
            text: when,
            answer: condition.answer,
            reason: condition.answer === 'unknown' ? condition.reason : null,
          },
    people,
    escalates:
      escalate === undefined
        ? null
        : { afterSeconds: escalate.afterSeconds, whom: whoText(escalate.who), people: later },
    delegates: delegates === undefined ? null : whoText(delegates),
  };
}
