import { mayBreakGlass } from '../catalog/break-glass.ts';
import { choiceView, type ChoiceView, conditionTexts } from '../catalog/describe.ts';
import { mayAsk } from '../catalog/evaluate.ts';
import { stepsOf, whoText } from '../catalog/steps.ts';
import type { AssuranceDemand, Catalog, Dropped, Entitlement, Step } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import { mostApprovers, type PersonRef, peopleFor, type Wanted, wanted } from './approvers.ts';
import type { OnCallNow } from './on-call.ts';
import { type Answerer, mayAnswer } from './rights.ts';

/** One step of an approval, as callers see it. */
export interface StepView {
  readonly name: string;
  /** Whom it asks, in words. */
  readonly whom: string;
  readonly groups: readonly string[];
  /** How many different people. */
  readonly count: number;
  /** The condition under which it is asked for; null: always. */
  readonly when: string | null;
}

/** An entitlement as the caller may know it: on what terms, and who would be asked. Lengths are whole seconds. */
export interface Offer {
  readonly id: string;
  readonly description: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly target: 'role' | 'permission-set';
  readonly terms: {
    readonly maxDurationSeconds: number;
    readonly sessionSeconds: number;
    readonly requestExpiresSeconds: number;
    readonly assurance: {
      readonly ask: AssuranceDemand;
      readonly approve: AssuranceDemand;
      readonly issue: AssuranceDemand;
    };
    /** A regular expression that the whole ticket must match; null when none is needed. */
    readonly ticketPattern: string | null;
    /** A ticket validator must say that it is good, too. */
    readonly ticketValidated: boolean;
    readonly ask: { readonly groups: readonly string[] };
    readonly approve: {
      /** Of all steps. */
      readonly groups: readonly string[];
      /** How many different people in all steps; everybody who is named counts where all of them are asked. */
      readonly count: number;
      readonly steps: readonly StepView[];
    };
    /** On what terms the caller may have it by break-glass; null: they may not. */
    readonly breakGlass: {
      readonly maxDurationSeconds: number;
      readonly assurance: AssuranceDemand;
      /** Who looks at it afterwards, in words, and within how many seconds. */
      readonly followUp: { readonly whom: string; readonly withinSeconds: number };
    } | null;
    /** Conditions under which it is denied, or approved without anybody being asked. */
    readonly rules: readonly {
      readonly name: string;
      readonly effect: 'deny' | 'approve';
      readonly because: string;
    }[];
  };
  /** How, where and when its sessions work, a line for people each. */
  readonly conditions: readonly string[];
  /** Narrower forms that may be picked. */
  readonly choices: readonly ChoiceView[];
  /** One of them must be. */
  readonly choiceRequired: boolean;
  readonly mayAsk: boolean;
  /** The review that took the right to ask from the caller, and when; null where none did. */
  readonly dropped: Dropped | null;
  readonly mayApprove: boolean;
  /** At most 20, never the caller. */
  readonly approvers: readonly PersonRef[];
  /** The rule that lets the caller know of it, or the one by which they may not ask any more. */
  readonly rule: string;
  readonly catalogVersion: string;
}

/** Makes offers of entitlements that the subject may see: one query for all. */
export async function toOffers(
  queries: Queries,
  catalog: Catalog,
  entitlements: readonly Entitlement[],
  subject: Answerer,
  onCall: OnCallNow,
): Promise<Offer[]> {
  const approvers = await peopleFor(
    queries,
    entitlements.map((entitlement) =>
      anyOf(stepsOf(entitlement).map(({ who }) => wanted(who, null, onCall))),
    ),
  );
  return entitlements.map((entitlement, place) => {
    const { id, description, account, target, rules = [] } = entitlement;
    const steps = stepsOf(entitlement).map(stepView);
    const [ask, review] = [mayAsk(entitlement, subject), mayAnswer(entitlement, subject, null)];
    return {
      id,
      description,
      account: { id: account.id, name: account.name },
      target: target.kind,
      terms: {
        maxDurationSeconds: entitlement.maxDurationSeconds,
        sessionSeconds: target.kind === 'role' ? entitlement.sessionSeconds : target.sessionSeconds,
        requestExpiresSeconds: entitlement.requestExpiresSeconds,
        assurance: entitlement.assurance,
        ticketPattern: entitlement.ticketPattern,
        ticketValidated: entitlement.ticketValidated === true,
        ask: { groups: entitlement.ask.groups },
        approve: {
          groups: [...new Set(steps.flatMap(({ groups }) => groups))],
          count: steps.reduce((sum, { count }) => sum + count, 0),
          steps,
        },
        breakGlass: breakGlassView(entitlement, subject),
        rules: rules.map(({ name, effect, because }) => ({ name, effect, because })),
      },
      conditions: conditionTexts(entitlement.conditions),
      choices: (entitlement.choices ?? []).map(choiceView),
      choiceRequired: entitlement.choiceRequired === true,
      mayAsk: ask.allowed,
      dropped: subject.dropped?.get(id) ?? null,
      mayApprove: review.allowed,
      approvers: (approvers[place] ?? [])
        .filter((person) => person.id !== subject.personId)
        .slice(0, mostApprovers),
      rule:
        [ask, review, mayBreakGlass(entitlement, subject)].find(({ allowed }) => allowed)?.rule ?? ask.rule,
      catalogVersion: catalog.version,
    };
  });
}

function breakGlassView(entitlement: Entitlement, subject: Answerer): Offer['terms']['breakGlass'] {
  const { breakGlass } = entitlement;
  if (breakGlass === undefined || !mayBreakGlass(entitlement, subject).allowed) return null;
  const { maxDurationSeconds, assurance, followUp } = breakGlass;
  return {
    maxDurationSeconds,
    assurance,
    followUp: { whom: whoText(followUp.by), withinSeconds: followUp.withinSeconds },
  };
}

function stepView({ name, who, count, when }: Step): StepView {
  return {
    name,
    whom: whoText(who),
    groups: who.groups ?? [],
    count: count === 'all' ? (who.people ?? []).length : count,
    when: when ?? null,
  };
}

function anyOf(each: readonly Wanted[]): Wanted {
  return {
    groups: each.flatMap(({ groups }) => groups),
    subjects: each.flatMap(({ subjects }) => subjects),
  };
}
