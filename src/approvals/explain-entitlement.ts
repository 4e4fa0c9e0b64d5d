import { checkCondition } from '../catalog/rules/condition.ts';
import { everyWho, stepsOf } from '../catalog/steps.ts';
import type { AssuranceLevel, Catalog, Entitlement } from '../catalog/types.ts';
import type { Assurance, Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import { mostApprovers, type PersonRef, peopleFor, wanted } from './approvers.ts';
import type { ApprovalsDeps } from './deps.ts';
import { explainedStep, type ExplainedSchedule, type Explanation, reasonedFor } from './explanation.ts';
import { firstUnmet } from './feasible.ts';
import { findPerson, type FoundPerson } from './find-person.ts';
import type { OnCallNow } from './on-call.ts';
import { principalsOf } from './principals.ts';
import type { StepReason } from './reasons.ts';
import { requireStanding } from './require-standing.ts';
import { mayKnow } from './rights.ts';
import { unseen } from './unseen.ts';
import { viewerOf } from './viewer.ts';

/** What is to be explained. What is left out is assumed, and the answer says what. */
export interface ExplainInput {
  readonly id: string;
  /** Id, subject or name; left out: the caller. */
  readonly person?: string;
  /** Left out: an hour, or less where less can be had. */
  readonly durationSeconds?: number;
  readonly ticket?: string;
  readonly reason?: string;
  /** RFC 3339; left out: now. */
  readonly at?: string;
  /** How they would be proven; left out: as the caller is, or for others in the strongest way, just now. */
  readonly assurance?: AssuranceLevel;
  /** The address they would ask from; left out: that of the caller, or for others not known. */
  readonly from?: string;
}

const usualSeconds = 3_600;

/**
 * The whole chain of reasons why somebody would get an entitlement or not.
 * Throws Refusal: not_found alike for an entitlement that does not exist and one that the caller may not know of (operators and
 * auditors may know of all), and for people whom the caller may not look at; invalid_input for a name that several have.
 */
export async function explainEntitlement(
  deps: Pick<ApprovalsDeps, 'db' | 'catalog' | 'onCall' | 'clock'>,
  caller: Caller,
  input: ExplainInput,
): Promise<Explanation> {
  const catalog = deps.catalog();
  const entitlement = catalog.entitlements.get(input.id);
  const viewer = await viewerOf(deps.db, { catalog, now: deps.clock(), onCall: deps.onCall() }, caller);
  requireStanding(viewer, catalog);
  const knowsAll = caller.isOperator || caller.isAuditor;
  if (entitlement === undefined || !(knowsAll || mayKnow(entitlement, viewer))) {
    throw notFound('entitlement', { entitlements: [input.id], ...unseen(catalog, viewer, entitlement) });
  }
  const at = input.at === undefined ? deps.clock() : new Date(input.at);
  const person = await findPerson(deps.db, { catalog, now: at }, caller, input.person ?? null);
  const onCall = deps.onCall(at);
  const isSelf = person.personId === caller.personId;
  const assurance: Assurance =
    input.assurance !== undefined
      ? { level: input.assurance, authenticatedAt: at }
      : isSelf && input.at === undefined
        ? caller.assurance
        : { level: isSelf ? caller.assurance.level : 'phishing-resistant', authenticatedAt: at };
  const asked = {
    person,
    principals: await principalsOf(deps.db, person.personId, at),
    at,
    ask: {
      durationSeconds: input.durationSeconds ?? Math.min(usualSeconds, entitlement.maxDurationSeconds),
      reason: input.reason ?? '',
      ticket: input.ticket ?? null,
    },
    assurance,
    address: input.from ?? (isSelf ? caller.context.address : null),
  };
  const { checks, route, refused } = reasonedFor(catalog, entitlement, onCall, asked);
  const [now, later] = await peopleOfSteps(deps, route.steps, person, onCall);
  const steps = route.steps.map((step, place) => explainedStep(step, now[place] ?? [], later[place] ?? []));
  const asking = steps.filter((step) => step.asked);
  const unmet = firstUnmet(
    asking.map(({ needed, people, escalates }) => {
      const all = [...people, ...(escalates?.people ?? [])].map(({ id }) => id);
      // Of so many not all were looked up: there are enough.
      return { needed: all.length >= mostApprovers ? 0 : needed, people: all };
    }),
  );
  return {
    entitlement: input.id,
    catalogVersion: catalog.version,
    person: { id: person.personId, name: person.name },
    assumed: {
      at: at.toISOString(),
      ...asked.ask,
      assurance: {
        level: assurance.level,
        ageSeconds: Math.max(0, Math.floor((at.getTime() - assurance.authenticatedAt.getTime()) / 1000)),
      },
      address: asked.address,
    },
    outcome: refused ? 'refused' : route.decision === 'approve' ? 'approved' : 'people',
    checks,
    rules: route.rules.map((rule) => ({
      rule: `${input.id}#rules.${rule.rule}`,
      effect: rule.effect,
      answer: rule.answer,
      reason: rule.answer === 'unknown' ? rule.reason : null,
      because: rule.because,
    })),
    decidedBy: route.decidedBy,
    steps,
    unsatisfiable: route.decision === 'approve' || unmet === null ? null : (asking[unmet]?.name ?? null),
    schedules: schedulesIn(entitlement, catalog, onCall),
    assurance: entitlement.assurance,
  };
}

/** Of each step who could answer it at once, and who when it has escalated: one query for all. */
async function peopleOfSteps(
  { db }: Pick<ApprovalsDeps, 'db'>,
  steps: readonly StepReason[],
  { personId, manager }: FoundPerson,
  onCall: OnCallNow,
): Promise<[PersonRef[][], PersonRef[][]]> {
  const whos = [...steps.map(({ step }) => step.who), ...steps.map(({ step }) => step.escalate?.who ?? {})];
  const found = await peopleFor(
    db,
    whos.map((who) => wanted(who, manager, onCall)),
  );
  const named = found.map((people) => people.filter(({ id }) => id !== personId).slice(0, mostApprovers));
  return [named.slice(0, steps.length), named.slice(steps.length)];
}

/** The schedules that its rules, its steps or their conditions ask. */
function schedulesIn(entitlement: Entitlement, catalog: Catalog, onCall: OnCallNow): ExplainedSchedule[] {
  const conditions = [
    ...(entitlement.rules ?? []).map(({ when }) => when),
    ...stepsOf(entitlement).flatMap(({ when }) => when ?? []),
  ];
  const asked = new Set([
    ...everyWho(entitlement).flatMap((who) => who.onCall ?? []),
    ...conditions.flatMap((text) => {
      const checked = checkCondition(text);
      return checked.ok ? [...checked.schedules] : [];
    }),
  ]);
  return catalog.onCall
    .filter(({ name }) => asked.has(name))
    .map(({ name }) => {
      const state = onCall.get(name);
      if (state?.kind === 'known') return { name, known: true, because: null };
      return { name, known: false, because: state?.because ?? 'it was not asked yet' };
    });
}
