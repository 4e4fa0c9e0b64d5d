import { type Decision, mayApprove } from '../catalog/evaluate.ts';
import type { Catalog, Entitlement, Subject } from '../catalog/types.ts';
import type { RequestState } from './states.ts';

/** What rights depend on in a request. */
export interface Asked {
  readonly requester: string;
  readonly state: RequestState;
  readonly expiresAt: Date;
  /** The entitlements on the terms they were asked for. */
  readonly entitlements: readonly Entitlement[];
}

/** Somebody looking at a request. */
export interface Viewer extends Subject {
  readonly isAuditor: boolean;
  readonly isOperator: boolean;
}

/**
 * May the viewer know of the request? The requester, auditors, operators, and whoever approves all it asks for by the rules
 * in force; for what the catalog no longer knows, the terms it was asked on stand.
 */
export function canSee(asked: Asked, catalog: Catalog, viewer: Viewer): boolean {
  if (viewer.personId === '') return false;
  if (viewer.personId === asked.requester || viewer.isAuditor || viewer.isOperator) return true;
  return (
    asked.entitlements.length > 0 &&
    asked.entitlements.every(
      (terms) => mayApprove(catalog.entitlements.get(terms.id) ?? terms, viewer).allowed,
    )
  );
}

/**
 * Do the rules let this person answer the request? It takes the right to approve everything asked for, both on the terms
 * that the digest binds and by the rules in force. The first rule that refuses decides.
 */
export function reviewRight(asked: Asked, catalog: Catalog, subject: Subject): Decision {
  const rules: string[] = [];
  for (const terms of asked.entitlements) {
    const current = catalog.entitlements.get(terms.id);
    for (const entitlement of current === undefined ? [terms] : [current, terms]) {
      const decision = mayApprove(entitlement, subject);
      if (!decision.allowed) return decision;
      if (!rules.includes(decision.rule)) rules.push(decision.rule);
    }
  }
  return {
    allowed: rules.length > 0,
    rule: rules.join(', '),
    reason: rules.length > 0 ? 'in a group of every rule' : 'nothing is asked for',
  };
}

/** May this person answer the request now? Nobody answers their own, and nobody answers twice or too late. */
export function canReview(asked: Asked, catalog: Catalog, subject: Subject, now: Date): boolean {
  return (
    isOpen(asked, now) && subject.personId !== asked.requester && reviewRight(asked, catalog, subject).allowed
  );
}

/** May this person take the request back? */
export function canCancel(asked: Asked, viewer: Viewer): boolean {
  return asked.state === 'pending' && (viewer.personId === asked.requester || viewer.isOperator);
}

/** Is the request still waiting for an answer? After its expiry it is not, even before the sweep has said so. */
export function isOpen(asked: Pick<Asked, 'state' | 'expiresAt'>, now: Date): boolean {
  return asked.state === 'pending' && now < asked.expiresAt;
}
