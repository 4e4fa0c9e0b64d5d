import { breakGlassNow, everyFollowUpWho, meantByAny } from '../catalog/break-glass.ts';
import { type Decision, isVisible, mayApprove } from '../catalog/evaluate.ts';
import { everyWho, meant, stepsOf } from '../catalog/steps.ts';
import type { Catalog, Entitlement, Subject } from '../catalog/types.ts';
import { answersFor, handsOver, type Principal } from './principal.ts';
import type { RequestState } from './states.ts';

/** What rights depend on in a request. */
export interface Asked {
  /** Whose access it is. */
  readonly requester: string;
  readonly askedBy: string;
  /** OIDC subject of the requester's manager; null when none is known. */
  readonly manager: string | null;
  readonly state: RequestState;
  readonly expiresAt: Date;
  /** The entitlements on the terms they were asked for. */
  readonly entitlements: readonly Entitlement[];
  /** Taken by break-glass: others look at it afterwards. */
  readonly breakGlass?: boolean;
}

/** Somebody who may answer, with those who handed them their right for a while. */
export interface Answerer extends Subject {
  readonly principals: readonly Principal[];
}

/** Somebody looking at a request. */
export interface Viewer extends Answerer {
  readonly isAuditor: boolean;
  readonly isOperator: boolean;
}

/**
 * May the viewer know of the request? Whoever asked and whose access it is, auditors, operators, and whoever may answer any part
 * of it by the rules in force: an answer binds all of a request, so they see all of it. So does whoever is to look at a use of
 * break-glass. For what the catalog no longer knows, the terms it was asked on stand.
 */
export function canSee(asked: Asked, catalog: Catalog, viewer: Viewer): boolean {
  if (viewer.personId === '') return false;
  if (isParty(asked, viewer) || viewer.isAuditor || viewer.isOperator) return true;
  const person = impartial(asked, viewer);
  return asked.entitlements.some(
    (terms) =>
      mayAnswer(catalog.entitlements.get(terms.id) ?? terms, person, asked.manager).allowed ||
      (asked.breakGlass === true && looksAfter(terms, catalog, viewer, asked.manager)),
  );
}

/** Is this person to look at what was done by break-glass, now or once it has waited? */
function looksAfter(terms: Entitlement, catalog: Catalog, person: Subject, manager: string | null): boolean {
  const breakGlass = breakGlassNow(terms, catalog);
  return breakGlass !== undefined && meantByAny(everyFollowUpWho(breakGlass), person, manager) !== null;
}

/** May this person know that the entitlement exists: because they may ask for it, take it by break-glass, or answer for it? */
export function mayKnow(entitlement: Entitlement, person: Answerer): boolean {
  // Most entitlements have nothing to do with somebody: that is seen without the words that decisions come with.
  const { ask, breakGlass } = entitlement;
  const named = [ask, { people: breakGlass?.people ?? [] }, ...everyWho(entitlement)];
  const nothing = named.every((who) => meant(who, person, null) === null);
  if (nothing && person.principals.length === 0) return false;
  return isVisible(entitlement, person) || mayAnswer(entitlement, person, null).allowed;
}

/** Is it about them: their access, or asked by them? */
export function isParty(asked: Pick<Asked, 'requester' | 'askedBy'>, { personId }: Subject): boolean {
  return personId === asked.requester || personId === asked.askedBy;
}

/** May this person answer for the entitlement, by a right of their own or one that was handed to them? */
export function mayAnswer(entitlement: Entitlement, person: Answerer, manager: string | null): Decision {
  const own = mayApprove(entitlement, person, manager);
  if (own.allowed) return own;
  const principals = person.principals.filter((principal) => handsOver(principal, entitlement.id));
  const handed = stepsOf(entitlement).some((step) =>
    principals.some((principal) => answersFor(step, principal, person, manager)),
  );
  return handed ? { ...own, allowed: true, reason: 'answering for somebody else' } : own;
}

/** Which parts of a request somebody may answer, or the first rule that is against it. */
export interface ReviewRight extends Decision {
  readonly entitlements: readonly Entitlement[];
}

/**
 * Do the rules let this person answer the request? It takes the right to answer for one thing it asks for, both on the terms that
 * the digest binds and by the rules in force.
 */
export function reviewRight(
  asked: Pick<Asked, 'requester' | 'askedBy' | 'entitlements' | 'manager'>,
  catalog: Catalog,
  answerer: Answerer,
): ReviewRight {
  const person = impartial(asked, answerer);
  const rules: string[] = [];
  const answerable: Entitlement[] = [];
  let against: Decision | null = null;
  for (const terms of asked.entitlements) {
    const current = catalog.entitlements.get(terms.id);
    const decisions = (current === undefined ? [terms] : [current, terms]).map((entitlement) =>
      mayAnswer(entitlement, person, asked.manager),
    );
    const refused = decisions.find(({ allowed }) => !allowed);
    if (refused === undefined) {
      answerable.push(terms);
      for (const { rule } of decisions) if (!rules.includes(rule)) rules.push(rule);
    } else against ??= refused;
  }
  if (answerable.length > 0) {
    return { allowed: true, rule: rules.join(', '), reason: 'asked by every rule', entitlements: answerable };
  }
  return { ...(against ?? { allowed: false, rule: '', reason: 'nothing is asked for' }), entitlements: [] };
}

/** The same person without the rights of those it is about: for their own requests those are none. */
function impartial(asked: Pick<Asked, 'requester' | 'askedBy'>, person: Answerer): Answerer {
  return { ...person, principals: person.principals.filter((principal) => !isParty(asked, principal)) };
}

/** May this person take the request back? */
export function canCancel(asked: Asked, viewer: Viewer): boolean {
  return asked.state === 'pending' && (isParty(asked, viewer) || viewer.isOperator);
}

/** Is the request still waiting for an answer? After its expiry it is not, even before the sweep has said so. */
export function isOpen(asked: Pick<Asked, 'state' | 'expiresAt'>, now: Date): boolean {
  return asked.state === 'pending' && now < asked.expiresAt;
}
