import type { Facts } from '../catalog/rules/facts.ts';
import { judgeRules, stepDemanded } from '../catalog/rules/judge.ts';
import type { Rule } from '../catalog/rules/rule.ts';
import { stepsOf } from '../catalog/steps.ts';
import type { Entitlement } from '../catalog/types.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Circumstances, Extended, RequestContent } from './content.ts';
import type { RequestRow, StoredPerson } from './lock.ts';
import type { Moment } from './waiting.ts';

/** What rules know of a request beside the entitlement. */
export interface AskedFacts {
  /** Whose access it is, as stored now. */
  readonly requester: StoredPerson;
  readonly moment: Moment;
  readonly ask: Pick<RequestContent, 'durationSeconds' | 'reason' | 'ticket' | 'startAt'> & {
    readonly extends?: Extended | null;
  };
  /** How it was asked; the age of the proof is that of then. */
  readonly asked: Pick<RequestRow, 'askedAssurance' | 'askedProofAge' | 'askedFrom'>;
}

/** What the rules of one entitlement may know, and nothing of any other. */
export function factsFor(
  { id, account, target, choice }: Pick<Entitlement, 'id' | 'account' | 'target' | 'choice'>,
  { requester, moment, ask, asked }: AskedFacts,
): Facts {
  const startsAt = ask.extends?.from ?? ask.startAt;
  return {
    requester: {
      id: requester.personId,
      subject: requester.subject,
      groups: requester.groups,
      outside: requester.outside,
    },
    entitlement: {
      id,
      account: { id: account.id, name: account.name, tags: account.tags ?? {}, ou: account.ou ?? '' },
      target: target.kind,
      choice: choice?.name ?? '',
    },
    durationSeconds: ask.durationSeconds,
    reason: ask.reason,
    ticket: ask.ticket ?? '',
    breakGlass: false,
    now: moment.now,
    startsAt: startsAt === null ? moment.now : new Date(startsAt),
    assurance: { level: asked.askedAssurance, ageSeconds: asked.askedProofAge },
    address: asked.askedFrom ?? '',
    onCall: Object.fromEntries(
      [...moment.onCall].flatMap(([name, schedule]) =>
        schedule.kind === 'known' ? [[name, schedule.people.includes(requester.subject)]] : [],
      ),
    ),
  };
}

/** The rule that approves without anybody being asked; null when none does. Throws Refusal forbidden when a rule denies. */
export function judged(
  entitlement: Pick<Entitlement, 'id' | 'account' | 'target' | 'choice'> & {
    readonly rules?: readonly Rule[];
  },
  facts: AskedFacts,
  catalogVersion: string,
): string | null {
  const { rules = [] } = entitlement;
  if (rules.length === 0) return null;
  const verdict = judgeRules(rules, factsFor(entitlement, facts));
  if (verdict.kind === 'none') return null;
  const rule = `${entitlement.id}#rules.${verdict.rule}`;
  if (verdict.kind === 'approve') return rule;
  throw new Refusal(
    'forbidden',
    `${entitlement.id} is not given out now: ${verdict.because} (${rule}).`,
    { rule, entitlement: entitlement.id, catalogVersion },
    { account: entitlement.account.id },
  );
}

/**
 * The same later on: what a rule approved without anybody being asked, some rule has to approve still.
 * Throws as `judged` does, and Refusal not_possible when none does.
 */
export function stillJudged(
  entitlement: Parameters<typeof judged>[0],
  { byRule = {} }: Pick<RequestContent, 'byRule'>,
  facts: AskedFacts,
  catalogVersion: string,
): void {
  const rule = judged(entitlement, facts, catalogVersion);
  if (rule !== null || !Object.hasOwn(byRule, entitlement.id)) return;
  throw new Refusal(
    'not_possible',
    `The rule that gave out ${entitlement.id} without anybody being asked does not hold any more (${byRule[entitlement.id] ?? ''}): it has to be asked for anew.`,
    { rule: byRule[entitlement.id], catalogVersion },
  );
}

/** Which steps are asked for, and what rules approve by themselves, as things are when it is asked. Throws as `judged` does. */
export function routeOf(
  entitlements: readonly Entitlement[],
  facts: AskedFacts,
  catalogVersion: string,
): Pick<Circumstances, 'skipped' | 'byRule'> {
  const skipped: Record<string, string[]> = {};
  const byRule: Record<string, string> = {};
  for (const entitlement of entitlements) {
    const { id } = entitlement;
    const rule = judged(entitlement, facts, catalogVersion);
    if (rule !== null) byRule[id] = rule;
    const conditional = stepsOf(entitlement).filter(({ when }) => when !== undefined);
    if (conditional.length === 0) continue;
    const known = factsFor(entitlement, facts);
    const left = conditional.filter(({ when }) => !stepDemanded(when, known)).map(({ name }) => name);
    if (left.length > 0) skipped[id] = left;
  }
  return { skipped, byRule };
}

/** How strongly, and from where, a caller asks. */
export function askedHow(
  {
    assurance,
    context,
  }: { readonly assurance: Caller['assurance']; readonly context: Pick<Caller['context'], 'address'> },
  now: Date,
): AskedFacts['asked'] {
  const age = Math.floor((now.getTime() - assurance.authenticatedAt.getTime()) / 1000);
  return {
    askedAssurance: assurance.level,
    askedProofAge: Math.min(Math.max(0, age), 2_147_483_647),
    askedFrom: context.address,
  };
}
