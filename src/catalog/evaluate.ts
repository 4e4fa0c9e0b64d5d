import { mayBreakGlass } from './break-glass.ts';
import { approveRule, everyWho, meant, whoText } from './steps.ts';
import type { Entitlement, Subject } from './types.ts';

/** An answer that explains itself: `rule` names the rule that decided, `reason` says why. */
export interface Decision {
  readonly allowed: boolean;
  readonly rule: string;
  readonly reason: string;
}

/** May this subject ask for the entitlement? Reads nothing but the entitlement itself. */
export function mayAsk({ id, ask }: Pick<Entitlement, 'id' | 'ask'>, subject: Subject): Decision {
  const rule = `${id}#ask.${ask.groups.length === 0 && ask.people !== undefined ? 'people' : 'groups'}`;
  if (subject.personId === '') return { allowed: false, rule, reason: 'nobody is asking' };
  if (subject.barred !== undefined) return { allowed: false, ...subject.barred };
  const decision = mayAskByRule({ id, ask }, subject, rule);
  const dropped = decision.allowed ? subject.dropped?.get(id) : undefined;
  if (dropped === undefined) return decision;
  return {
    allowed: false,
    rule: reviewRule(id),
    reason: `no longer among those who may ask since the review ${dropped.review}, whose owners can keep you`,
  };
}

/** What the reviews of who may ask are called where they decide. */
export function reviewRule(id: string): string {
  return `${id}#reviewEvery`;
}

function mayAskByRule(
  { id, ask }: Pick<Entitlement, 'id' | 'ask'>,
  subject: Subject,
  rule: string,
): Decision {
  const { groups, people = [] } = ask;
  // The checker refuses empty lists; were one to get here, it means no one.
  if (groups.length === 0 && people.length === 0)
    return { allowed: false, rule, reason: 'the rule names nobody' };
  const group = groups.find((name) => subject.groups.includes(name));
  if (group !== undefined) return { allowed: true, rule: `${id}#ask.groups`, reason: `in group ${group}` };
  if (meant({ people }, subject, null) !== null) {
    return { allowed: true, rule: `${id}#ask.people`, reason: 'named in it' };
  }
  const among = people.length === 0 ? '' : ' and not named';
  return {
    allowed: false,
    rule,
    reason: groups.length === 0 ? 'not named' : `in none of the groups ${groups.join(', ')}${among}`,
  };
}

/**
 * May this subject answer some step of a request for the entitlement? That a requester never approves their own, and whose
 * turn it is, is decided where the request is known.
 * @param manager OIDC subject of the manager of whoever is to get the access; null when not known
 */
export function mayApprove(
  entitlement: Pick<Entitlement, 'id' | 'approve'>,
  subject: Subject,
  manager: string | null = null,
): Decision {
  const rule = approveRule(entitlement);
  if (subject.personId === '') return { allowed: false, rule, reason: 'nobody is asking' };
  if (subject.barred !== undefined) return { allowed: false, ...subject.barred };
  const whos = everyWho(entitlement);
  for (const who of whos) {
    const reason = meant(who, subject, manager);
    if (reason !== null) return { allowed: true, rule, reason };
  }
  const { approve } = entitlement;
  if (!('steps' in approve)) {
    const reason =
      approve.groups.length === 0
        ? 'the rule names no group'
        : `in none of the groups ${approve.groups.join(', ')}`;
    return { allowed: false, rule, reason };
  }
  return { allowed: false, rule, reason: `none of ${whos.map(whoText).join('; ')}` };
}

/**
 * May this subject know that the entitlement exists? To others it answers as if it did not. Who was dropped by a review still
 * knows of it, and why they may not ask.
 */
export function isVisible(entitlement: Entitlement, subject: Subject): boolean {
  const ask = mayAsk(entitlement, subject);
  return (
    ask.allowed ||
    ask.rule === reviewRule(entitlement.id) ||
    mayApprove(entitlement, subject).allowed ||
    mayBreakGlass(entitlement, subject).allowed
  );
}
