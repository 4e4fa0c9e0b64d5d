import { meansEntitlement } from '../catalog/entitlement-pattern.ts';
import { meant, stepsOf } from '../catalog/steps.ts';
import type { Catalog, Step, Subject } from '../catalog/types.ts';

/** Somebody who handed their right to another for a while. That they are on call is not handed over. */
export interface Principal extends Subject {
  /** The id of the delegation. */
  readonly delegation: string;
  /** For which entitlements: patterns of their ids; null: for all. */
  readonly handed: readonly string[] | null;
}

/** Is the right handed over for this entitlement? An empty list means none. */
export function handsOver({ handed }: Pick<Principal, 'handed'>, entitlement: string): boolean {
  return handed === null || handed.some((pattern) => meansEntitlement(pattern, entitlement));
}

/**
 * May the delegate answer the step, at some time, for this principal? The principal's own right is looked at: what was handed to
 * them they cannot hand on.
 * @param manager OIDC subject of the manager of whoever is to get the access; null when none is known
 */
export function answersFor(
  step: Step,
  principal: Subject,
  delegate: Subject,
  manager: string | null,
): boolean {
  const { delegates } = step;
  return (
    delegates !== undefined &&
    meant(delegates, delegate, manager) !== null &&
    mayHandOver(step, principal, manager)
  );
}

/** The steps that somebody may answer and hand over, among the entitlements that the patterns mean. */
export function stepsToHandOver(
  catalog: Catalog,
  principal: Subject & Pick<Principal, 'handed'>,
  manager: string | null,
): Step[] {
  return [...catalog.entitlements.values()]
    .filter(({ id }) => handsOver(principal, id))
    .flatMap((entitlement) => stepsOf(entitlement))
    .filter((step) => mayHandOver(step, principal, manager));
}

function mayHandOver(
  { who, escalate, delegates }: Step,
  principal: Subject,
  manager: string | null,
): boolean {
  return (
    delegates !== undefined &&
    (meant(who, principal, manager) !== null ||
      (escalate !== undefined && meant(escalate.who, principal, manager) !== null))
  );
}
