import { choiceView, type ChoiceView, conditionTexts } from '../catalog/describe.ts';
import { mayApprove, mayAsk } from '../catalog/evaluate.ts';
import type { AssuranceDemand, Catalog, Entitlement, Subject } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import { mostApprovers, type PersonRef, peopleFor } from './approvers.ts';

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
    readonly ask: { readonly groups: readonly string[] };
    readonly approve: { readonly groups: readonly string[]; readonly count: number };
  };
  /** How, where and when its sessions work, a line for people each. */
  readonly conditions: readonly string[];
  /** Narrower forms that may be picked. */
  readonly choices: readonly ChoiceView[];
  /** One of them must be. */
  readonly choiceRequired: boolean;
  readonly mayAsk: boolean;
  readonly mayApprove: boolean;
  /** At most 20, never the caller. */
  readonly approvers: readonly PersonRef[];
  /** The rule that lets the caller know of it. */
  readonly rule: string;
  readonly catalogVersion: string;
}

/** Makes offers of entitlements that the subject may see: one query for all. */
export async function toOffers(
  queries: Queries,
  catalog: Catalog,
  entitlements: readonly Entitlement[],
  subject: Subject,
): Promise<Offer[]> {
  const approvers = await peopleFor(
    queries,
    entitlements.map((entitlement) => [entitlement.approve.groups]),
  );
  return entitlements.map((entitlement, place) => {
    const { id, description, account, target, approve } = entitlement;
    const [ask, review] = [mayAsk(entitlement, subject), mayApprove(entitlement, subject)];
    return {
      id,
      description,
      account,
      target: target.kind,
      terms: {
        maxDurationSeconds: entitlement.maxDurationSeconds,
        sessionSeconds: target.kind === 'role' ? entitlement.sessionSeconds : target.sessionSeconds,
        requestExpiresSeconds: entitlement.requestExpiresSeconds,
        assurance: entitlement.assurance,
        ticketPattern: entitlement.ticketPattern,
        ask: { groups: entitlement.ask.groups },
        approve: { groups: approve.groups, count: approve.count },
      },
      conditions: conditionTexts(entitlement.conditions),
      choices: (entitlement.choices ?? []).map(choiceView),
      choiceRequired: entitlement.choiceRequired === true,
      mayAsk: ask.allowed,
      mayApprove: review.allowed,
      approvers: (approvers[place] ?? [])
        .filter((person) => person.id !== subject.personId)
        .slice(0, mostApprovers),
      rule: ask.allowed ? ask.rule : review.rule,
      catalogVersion: catalog.version,
    };
  });
}
